// The time, ticking as often as what is shown needs it.
import { useEffect, useState } from 'react'

/** Now, read again every `everyMs` milliseconds while `isTicking`. */
export function useNow(everyMs = 15_000, isTicking = true): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    if (!isTicking) return undefined
    const timer = setInterval(() => setNow(new Date()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, isTicking])
  return now
}
