// Writes postgresql.conf and pg_hba.conf.

export type Settings = Readonly<Record<string, string | number | boolean>>

/** The text of a configuration file with these settings. Values are quoted, so they may hold anything but a line break or NUL. */
export function formatSettings(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${formatValue(name, value)}\n`)
    .join('')
}

/** The settings as command line arguments, which win over every file. */
export function settingArguments(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${settingText(value)}`])
}

function settingText(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}

function formatValue(name: string, value: string | number | boolean): string {
  const text = settingText(value)
  if (/[\n\r\0]/.test(text)) throw new Error(`The setting ${name} cannot hold a line break.`)
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
