// How a collection is run, as a person types it, and the options that this makes. Pure.
import { z } from 'zod'
import { RunOptions, type RunData } from '#contract/requests/run.ts'

/** A whole number that was typed, between two. */
function whole(least: number, most: number) {
  return z
    .string()
    .refine(
      (text) => /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most,
      `Give a whole number from ${least} to ${most.toLocaleString('en').replaceAll(',', '\u2009')}.`,
    )
}

const Fields = z.object({
  /** Empty for none. */
  environment: z.string(),
  iterations: whole(1, 100_000),
  delayMs: whole(0, 3_600_000),
  parallel: whole(1, 256),
  retries: whole(0, 10),
  stopsOnFailure: z.boolean(),
  /** Separated by commas. */
  tags: z.string().max(10_000, 'These are too many tags.'),
  dataFrom: z.enum(['none', 'file', 'text']),
  dataFormat: z.enum(['csv', 'json']),
  dataPath: z.string(),
  dataText: z.string(),
})
/** What of the fields is wrong is told at the field. */
export const RunSettings = Fields.refine(
  ({ dataFrom, dataPath }) => dataFrom !== 'file' || dataPath.trim() !== '',
  {
    path: ['dataPath'],
    message: 'Choose a file, or run without data.',
  },
).refine(({ dataFrom, dataText }) => dataFrom !== 'text' || dataText.trim() !== '', {
  path: ['dataText'],
  message: 'Paste rows, or run without data.',
})
export type RunSettings = z.infer<typeof RunSettings>

/** One time, one request after the other. */
export function firstSettings(environment: string | null): RunSettings {
  return {
    environment: environment ?? '',
    iterations: '1',
    delayMs: '0',
    parallel: '1',
    retries: '0',
    stopsOnFailure: false,
    tags: '',
    dataFrom: 'none',
    dataFormat: 'csv',
    dataPath: '',
    dataText: '',
  }
}

/** As it is kept for the next start: without pasted rows, which may be long and somebody's. */
export function keptText(settings: RunSettings): string {
  const { dataFrom, tags } = settings
  return JSON.stringify({
    ...settings,
    dataFrom: dataFrom === 'text' ? 'none' : dataFrom,
    dataText: '',
    tags: tags.slice(0, MOST_KEPT_TAGS),
  })
}

/** Room for the rest of them: a text of the layout has at most 1000 characters. */
const MOST_KEPT_TAGS = 300

/** What was kept; null for nothing, and for what another version kept. */
export function readKept(text: string): RunSettings | null {
  try {
    return RunSettings.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** The data that is asked for; null for none (yet). A file's format is told by its name. */
export function dataOf(settings: RunSettings): RunData | null {
  if (settings.dataFrom === 'file' && settings.dataPath.trim() !== '') {
    const path = settings.dataPath.trim()
    return { format: /\.json$/i.test(path) ? 'json' : 'csv', path }
  }
  if (settings.dataFrom === 'text' && settings.dataText.trim() !== '')
    return { format: settings.dataFormat, text: settings.dataText }
  return null
}

/** What the host is given. Settings that break the schema throw. */
export function optionsOf(settings: RunSettings, paths: readonly string[]): RunOptions {
  return RunOptions.parse({
    paths: [...paths],
    environment: settings.environment === '' ? null : settings.environment,
    iterations: Number(settings.iterations),
    delayMs: Number(settings.delayMs),
    parallel: Number(settings.parallel),
    retries: Number(settings.retries),
    stopsOnFailure: settings.stopsOnFailure,
    tags: settings.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    data: dataOf(settings),
  })
}
