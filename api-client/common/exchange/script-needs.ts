// What an imported script asks for and the sandbox of scripts does not have: told when it is imported, not only when it fails.
import type { Report } from './problems.ts'

/** What `require` gives in the sandbox. */
export const SCRIPT_MODULES: readonly string[] = [
  'ajv',
  'assert',
  'atob',
  'btoa',
  'buffer',
  'chai',
  'crypto',
  'crypto-js',
  'csv-parse',
  'csv-parse/lib/sync',
  'csv-parse/sync',
  'lodash',
  'moment',
  'nanoid',
  'path',
  'querystring',
  'timers',
  'tv4',
  'url',
  'util',
  'uuid',
  'xml2js',
]

const ABSENT: readonly (readonly [RegExp, string, string])[] = [
  ...['pm.visualizer', 'pm.vault', 'pm.datasets', 'pm.mock'].map(
    (name) =>
      [
        new RegExp(`\\b${name.replace('.', '\\.')}\\b`),
        name,
        'The script uses it, and it does not exist here.',
      ] as const,
  ),
  [/\bcheerio\s*\.\s*load\b/, 'cheerio', 'The script uses it, and it does not exist here.'],
  [/\bpm\.execution\.runRequest\b/, 'pm.execution.runRequest', 'Use pm.sendRequest instead.'],
  [
    /\.jar\(\)[\s\S]{0,200}?\.(?:set|unset|clear)\(/,
    'pm.cookies.jar',
    'Scripts read cookies here and do not change them.',
  ],
]

/** Notes for one script. */
export function reportScript(text: string, report: Report): void {
  for (const [pattern, part, words] of ABSENT) if (pattern.test(text)) report(part, words, 'note')
  for (const [, name = ''] of text.matchAll(/\brequire\(\s*['"`]([^'"`$]{1,200})['"`]\s*\)/g)) {
    const plain = name.replace(/^(node:|npm:)/, '').replace(/(?<=.)@[^@/]*$/, '')
    if (!SCRIPT_MODULES.includes(plain))
      report(`require ${name}`, 'The script asks for it, and there is no such library here.', 'note')
  }
}
