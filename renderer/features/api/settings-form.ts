// The settings as a form of texts, and back: only what was changed is sent.
import { z } from 'zod'
import { type ApiSettings, MOST_BODY_BYTES } from '#contract/capabilities/api.ts'

export interface SettingsValues extends Readonly<Record<string, unknown>> {
  /** In order: the first is the default. */
  readonly schemas: readonly string[]
  readonly extraSearchPath: string
  readonly maxRows: string
  readonly aggregatesEnabled: boolean
  readonly planEnabled: boolean
  readonly maxBodyMegabytes: string
  readonly statementTimeoutSeconds: string
  readonly maxPlanCost: string
  readonly perKey: string
  readonly perProject: string
  readonly perAddress: string
  readonly corsAllowedOrigins: string
}

const MEGABYTE = 1_000_000
const MOST_BODY_MEGABYTES = MOST_BODY_BYTES / MEGABYTE

/** What the form shows of the settings. */
export function toValues(settings: ApiSettings): SettingsValues {
  const text = (value: number | null): string => (value === null ? '' : String(value))
  return {
    schemas: settings.schemas,
    extraSearchPath: settings.extraSearchPath.join(', '),
    maxRows: text(settings.maxRows),
    aggregatesEnabled: settings.aggregatesEnabled,
    planEnabled: settings.planEnabled,
    maxBodyMegabytes: String(settings.maxBodyBytes / MEGABYTE),
    statementTimeoutSeconds: String(settings.statementTimeoutMs / 1000),
    maxPlanCost: text(settings.maxPlanCost),
    perKey: text(settings.rateLimit.perKey),
    perProject: text(settings.rateLimit.perProject),
    perAddress: text(settings.rateLimit.perAddress),
    corsAllowedOrigins: settings.corsAllowedOrigins.join('\n'),
  }
}

const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.replaceAll(' ', '')))
const between = (least: number, most: number, message: string) =>
  z.string().refine((text) => number(text) >= least && number(text) <= most, message)
const whole = (most: number) =>
  z
    .string()
    .refine(
      (text) =>
        text.trim() === '' || (Number.isInteger(number(text)) && number(text) >= 1 && number(text) <= most),
      `Write a whole number from 1 to ${most}, or nothing for no limit.`,
    )

/** What may be in the form. */
export const SettingsForm = z.object({
  schemas: z.array(z.string()).min(1, 'Expose at least one schema.').max(50, 'Expose at most 50 schemas.'),
  extraSearchPath: z
    .string()
    .refine((text) => listOf(text).every((name) => name.length <= 63), 'A schema has at most 63 characters.'),
  maxRows: whole(1_000_000),
  maxBodyMegabytes: between(
    0.000_001,
    MOST_BODY_MEGABYTES,
    `Write a size from 0 to ${MOST_BODY_MEGABYTES} MB.`,
  ),
  statementTimeoutSeconds: between(0.001, 600, 'Write a time from 0 to 600 s.'),
  maxPlanCost: z
    .string()
    .refine((text) => text.trim() === '' || number(text) > 0, 'Write a number, or nothing for no limit.'),
  perKey: whole(1_000_000),
  perProject: whole(1_000_000),
  perAddress: whole(1_000_000),
  corsAllowedOrigins: z
    .string()
    .refine((text) => linesOf(text).length <= 100, 'Allow at most 100 origins.')
    .refine(
      (text) => linesOf(text).every((origin) => origin === '*' || isOrigin(origin)),
      'Write one origin per line, as https://shop.example.com, or * for any.',
    ),
})

/** The settings that the form says. Call it with values that SettingsForm accepts. */
export function toSettings(values: SettingsValues): ApiSettings {
  const orNull = (text: string): number | null => (text.trim() === '' ? null : number(text))
  return {
    schemas: [...values.schemas],
    extraSearchPath: listOf(values.extraSearchPath),
    maxRows: orNull(values.maxRows),
    aggregatesEnabled: values.aggregatesEnabled,
    planEnabled: values.planEnabled,
    maxBodyBytes: Math.max(1, Math.round(number(values.maxBodyMegabytes) * MEGABYTE)),
    statementTimeoutMs: Math.max(1, Math.round(number(values.statementTimeoutSeconds) * 1000)),
    maxPlanCost: orNull(values.maxPlanCost),
    rateLimit: {
      perKey: orNull(values.perKey),
      perProject: orNull(values.perProject),
      perAddress: orNull(values.perAddress),
    },
    corsAllowedOrigins: linesOf(values.corsAllowedOrigins),
  }
}

/** What differs between the two. */
export function changedSettings(before: ApiSettings, after: ApiSettings): Partial<ApiSettings> {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  return {
    ...(same(before.schemas, after.schemas) ? {} : { schemas: after.schemas }),
    ...(same(before.extraSearchPath, after.extraSearchPath)
      ? {}
      : { extraSearchPath: after.extraSearchPath }),
    ...(before.maxRows === after.maxRows ? {} : { maxRows: after.maxRows }),
    ...(before.aggregatesEnabled === after.aggregatesEnabled
      ? {}
      : { aggregatesEnabled: after.aggregatesEnabled }),
    ...(before.planEnabled === after.planEnabled ? {} : { planEnabled: after.planEnabled }),
    ...(before.maxBodyBytes === after.maxBodyBytes ? {} : { maxBodyBytes: after.maxBodyBytes }),
    ...(before.statementTimeoutMs === after.statementTimeoutMs
      ? {}
      : { statementTimeoutMs: after.statementTimeoutMs }),
    ...(before.maxPlanCost === after.maxPlanCost ? {} : { maxPlanCost: after.maxPlanCost }),
    ...(same(before.rateLimit, after.rateLimit) ? {} : { rateLimit: after.rateLimit }),
    ...(same(before.corsAllowedOrigins, after.corsAllowedOrigins)
      ? {}
      : { corsAllowedOrigins: after.corsAllowedOrigins }),
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function linesOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}
