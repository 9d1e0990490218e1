// How numbers and moments are written: units, thin grouping, relative times under a day.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `2.1 GB`, `612 MB`, `88 kB`: decimal units, two or three figures. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const text = unit === 0 || value >= 10 ? String(Math.round(value)) : value.toFixed(1)
  return `${text} ${UNITS[unit] ?? 'B'}`
}

/** `16 044` with a thin space between groups. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009')
}

/** `4.1 ms`, `0.21 s`, `12.4 s`, `3 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes} min ${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')} s`
}

/** `2 s ago`, `12 min ago`, `3 h ago`, then the date: `11 Nov`, `11 Nov 2025`. */
export function formatAge(moment: string | Date, now: Date): string {
  const then = new Date(moment)
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000)
  if (seconds < 60) return `${Math.floor(seconds)} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  const isThisYear = then.getFullYear() === now.getFullYear()
  return then.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
}

/** `09:12` today, `21 Nov 18:40` otherwise. */
export function formatMoment(moment: string | Date, now: Date): string {
  const then = new Date(moment)
  const time = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (then.toDateString() === now.toDateString()) return time
  return `${then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`
}

/** Date, time and zone in full, for tooltips. */
export function formatFull(moment: string | Date): string {
  return new Date(moment).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
}
