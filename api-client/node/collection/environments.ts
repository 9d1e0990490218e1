// Environments of an open collection: `environments/NAME.yml`.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { freeName } from '#api-client/common/files/file-name.ts'
import { foldName } from '#api-client/common/files/file-name.ts'
import { readItem } from '#api-client/common/files/read-item.ts'
import { writeItem } from '#api-client/common/files/write-item.ts'
import { AppError } from '#contract/errors.ts'
import type { Environment } from '#contract/requests/collection.ts'
import { asAppError, type FileText, locate, readText, writeNew, writeOver } from './disk.ts'
import { ENVIRONMENTS } from './scan.ts'
import type { CollectionState } from './state.ts'
import type { CollectionFolder } from './types.ts'

interface Found extends FileText {
  readonly file: string
  readonly environment: Environment | null
  readonly problem: string
}

type Operations = Pick<CollectionFolder, 'environments' | 'saveEnvironment' | 'removeEnvironment'>

/** The operations over a state. Files that cannot be read are left out, and never written over. */
export function createEnvironments(state: CollectionState): Operations {
  const folder = join(state.directory, ENVIRONMENTS)

  async function all(): Promise<Found[]> {
    await locate(state.directory, ENVIRONMENTS)
    const names = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const found: Found[] = []
    for (const entry of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!entry.isFile() || !/^[^.].*\.ya?ml$/i.test(entry.name)) continue
      const content = await readText(join(folder, entry.name)).catch(() => null)
      if (content === null) continue
      const read = readItem(content.text, 'environment', entry.name.replace(/\.ya?ml$/i, ''))
      found.push({
        ...content,
        file: entry.name,
        environment: read.ok ? read.item : null,
        problem: read.ok ? '' : read.problem,
      })
    }
    return found
  }

  async function save(
    environment: Environment,
    { oldName, revision }: { oldName: string | null; revision: string | null },
  ): Promise<{ revision: string; file: string }> {
    const found = await all()
    const name = oldName ?? environment.name
    const before = found.find((one) => one.environment?.name === name)
    if (before === undefined && revision !== null)
      throw new AppError('CONFLICT', `The environment ${name} is not there any more.`)
    if (before !== undefined && before.revision !== revision)
      throw new AppError(
        'CONFLICT',
        `The environment ${name} was changed in the meantime. It was not written over.`,
        {
          details: { revision: before.revision, text: before.text.slice(0, 1_000_000) },
        },
      )
    const isTaken = found.some((one) => one !== before && one.environment?.name === environment.name)
    if (isTaken) throw new AppError('ALREADY_EXISTS', `There is an environment ${environment.name} already.`)
    const text = writeItem(environment, before?.text ?? null)
    const others = new Set(found.filter((one) => one !== before).map((one) => foldName(one.file)))
    const keeps = before !== undefined && before.environment?.name === environment.name
    const file = keeps ? before.file : freeName(environment.name, '.yml', others)
    await mkdir(folder, { recursive: true })
    const isSameFile = before !== undefined && foldName(before.file) === foldName(file)
    if (before === undefined || !isSameFile) await writeNew(join(folder, file), text)
    else if (text !== before.text) await writeOver(join(folder, before.file), text)
    if (before !== undefined && !isSameFile) await rm(join(folder, before.file))
    const written = await readText(join(folder, isSameFile ? before.file : file))
    return { revision: written?.revision ?? '', file }
  }

  return {
    async environments() {
      const found = await all()
      return found.flatMap(({ environment, revision }) =>
        environment === null ? [] : [{ ...environment, revision }],
      )
    },
    saveEnvironment: (environment, options) =>
      state.exclusively(async () => {
        const { revision, file } = await save(environment, options).catch((error: unknown) => {
          throw asAppError(error)
        })
        state.announce([`${ENVIRONMENTS}/${file}`], false)
        return { revision }
      }),
    removeEnvironment: (name) =>
      state.exclusively(async () => {
        const found = (await all()).find((one) => one.environment?.name === name)
        if (found === undefined) throw new AppError('NOT_FOUND', `There is no environment ${name}.`)
        await rm(join(folder, found.file))
        state.announce([`${ENVIRONMENTS}/${found.file}`], false)
      }),
  }
}
