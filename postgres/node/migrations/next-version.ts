// The version of a new migration.

/** UTC `YYYYMMDDHHMMSS`: now, or a second after the last one that is there, if that is later. */
export function nextVersion(now: Date, last: string | undefined): string {
  const version = printVersion(now)
  if (last === undefined || version > last) return version
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(last)?.slice(1) ?? []
  ).map(Number)
  const after = printVersion(new Date(Date.UTC(year, month - 1, day, hour, minute, second + 1)))
  // Digits that are no time do not say what comes after them.
  return after > last ? after : String(BigInt(last) + 1n).padStart(14, '0')
}

function printVersion(at: Date): string {
  return at.toISOString().replaceAll(/\D/g, '').slice(0, 14)
}
