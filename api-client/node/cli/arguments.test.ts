import { describe, expect, it } from 'vitest'
import { readArguments } from './arguments.ts'

describe('the arguments of a run', () => {
  it('are read, all of them', () => {
    expect(
      readArguments([
        ...['run', 'films', 'Inner/', 'One.yml', '--environment', 'Local', '--variable', 'a=b=c'],
        ...['--secret', 'key=API_KEY', '--data', 'rows.CSV', '--iterations', '3', '--parallel', '2'],
        ...['--delay', '10', '--stop-on-failure', '--retries', '1', '--tag', 'x', '--tag', 'y'],
        ...['--report', 'junit=out/a.xml', '--report=json=b.json', '--insecure', '--timeout', '500'],
        ...['--proxy', 'http://localhost:3128', '--update-snapshots', '--verbose'],
        ...['--service', 'https://db.example/', '--token-env', 'TOKEN'],
      ]),
    ).toEqual({
      command: 'run',
      service: { url: 'https://db.example', tokenVariable: 'TOKEN' },
      folder: 'films',
      options: {
        paths: ['Inner', 'One.yml'],
        environment: 'Local',
        iterations: 3,
        data: { format: 'csv', path: 'rows.CSV' },
        delayMs: 10,
        parallel: 2,
        stopsOnFailure: true,
        retries: 1,
        tags: ['x', 'y'],
      },
      variables: [{ name: 'a', value: 'b=c' }],
      secrets: [{ name: 'key', value: 'API_KEY' }],
      reports: [
        { format: 'junit', file: 'out/a.xml' },
        { format: 'json', file: 'b.json' },
      ],
      isInsecure: true,
      proxy: 'http://localhost:3128',
      timeoutMs: 500,
      updatesSnapshots: true,
      detail: 'verbose',
    })
    expect(readArguments(['--help'])).toBeNull()
  })

  it.each([
    [['import', 'a.json', 'b'], { command: 'import', file: 'a.json', folder: 'b' }],
    [
      ['export', 'a', 'openapi', 'b.json', '--replace'],
      { command: 'export', folder: 'a', format: 'openapi-3.1', file: 'b.json', replaces: true },
    ],
    [['export', 'a', 'har'], { command: 'export', folder: 'a', format: 'har', file: null, replaces: false }],
    [
      ['mock', 'a', '--port', '8080', '--delay', '5'],
      { command: 'mock', folder: 'a', port: 8_080, delayMs: 5, environment: null },
    ],
  ])('of the other commands are read: %j', (args, command) => {
    expect(readArguments(args)).toEqual(command)
  })

  it.each([
    [['import'], 'Say which file'],
    [['import', 'a'], 'Say which folder'],
    [['import', 'a', 'b', 'c'], '“c” is one argument too many'],
    [['import', 'a', 'b', '--parallel', '2'], '“import” has no option --parallel'],
    [['export', 'a'], 'Say which format'],
    [['export', 'a', 'toString'], 'no format “toString”'],
    [['mock', 'a', '--port', '80'], '--port takes 1024'],
    [['mock', 'a', '--delay', '60001'], '--delay: 60000'],
    [['run', 'a', '--port', '8080'], '“run” has no option --port'],
    [['run', 'a', '--service', 'https://x.example'], 'belong together'],
    [['run', 'a', '--service', 'http://x.example', '--token-env', 'T'], 'https://'],
    [[], 'Say what to do'],
    [['walk', 'films'], 'no command “walk”'],
    [['run'], 'Say which folder'],
    [['run', 'films', '--nope'], '--nope'],
    [['run', 'films', '--iterations', 'many'], '--iterations takes a whole number'],
    [['run', 'films', '--parallel', '0'], '--parallel: '],
    [['run', 'films', '--delay', '99999999'], '--delay: '],
    [['run', 'films', '--variable', 'a'], '--variable takes name=value'],
    [['run', 'films', '--report', 'pdf=a'], 'no report “pdf”'],
    [['run', 'films', '--report', 'html='], 'needs a file'],
    [['run', 'films', '--data', 'a.xlsx'], '.csv or a .json'],
    [['run', 'films', '--proxy', 'localhost:1'], '--proxy takes an address'],
    [['run', 'films', '--quiet', '--verbose'], 'exclude each other'],
  ])('that are wrong are told: %j', (args, words) => {
    expect(() => readArguments(args)).toThrow(words)
  })
})
