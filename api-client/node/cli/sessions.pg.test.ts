// The command line as somebody of a project: a real service signs the token, and the database of a real project answers.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newCollection, newHttpRequest } from '#api-client/common/new-request.ts'
import type { Assertion } from '#contract/requests/parts.ts'
import { useFilmsApi } from '#testing/films-api.ts'
import { startHttp } from '#testing/http-servers.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { writeTree } from '../collection/tree.ts'
import { runCommandLine } from './main.ts'

const films = useFilmsApi()

async function run(service: string, token: string) {
  const directory = tempDirectory()
  const assertion: Assertion = {
    ...{ expression: 'res.body', operator: 'eq', value: '[{"id":7}]' },
    ...{ isEnabled: true, description: '' },
  }
  await writeTree(join(directory, 'films'), {
    collection: newCollection('Films'),
    environments: [],
    items: [
      {
        type: 'request',
        request: newHttpRequest('Own', {
          url: `${films.api.restUrl}/films?select=id`,
          auth: {
            type: 'project',
            projectId: films.api.projectId,
            as: 'authenticated',
            claims: '{"film": 7}',
          },
          assertions: [assertion],
        }),
      },
    ],
  })
  const said: string[] = []
  const code = await runCommandLine({
    args: ['run', 'films', '--service', service, '--token-env', 'TOKEN', '--verbose'],
    environment: { TOKEN: token },
    directory,
    out: (text) => said.push(text),
    error: (text) => said.push(text),
    isTerminal: false,
    signal: new AbortController().signal,
  })
  return { code, said: said.join('') }
}

test('a request is sent as a user of the project, whose claims decide what comes back', async () => {
  const { accessToken } = films.person.tokens
  const { code, said } = await run(films.service.url, accessToken)
  expect(said).toContain('1 request, 0 failed')
  expect(code).toBe(0)
  expect(said).not.toContain(accessToken)
  expect(said).not.toMatch(/eyJ[\w-]{10,}\./)
})

test('a token that the service does not take, and no token, are told', async () => {
  const refused = await run(films.service.url, 'nobody')
  expect(refused.code).toBe(1)
  expect(refused.said).toContain('does not take the access token')
  const none = await run(films.service.url, '')
  expect(none).toEqual({ code: 2, said: expect.stringContaining('TOKEN is not set') })
})

test('the access token does not go to where a service points', async () => {
  const seen: (string | undefined)[] = []
  await using other = await startHttp((request, response) => {
    seen.push(request.headers.authorization)
    response.end('{}')
  })
  await using pointing = await startHttp((_, response) => {
    response.writeHead(307, { location: other.url }).end()
  })
  const { code, said } = await run(pointing.url, 'my-token')
  expect([code, seen]).toEqual([1, []])
  expect(said).toContain('does not answer')
  const strange = await run(other.url, 'my-token')
  expect(strange.said).toContain('is no service of this version')
})
