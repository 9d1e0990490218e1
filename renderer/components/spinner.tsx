// The only thing that loops: a small arc. Shown after 150 ms, so that quick answers do not flicker.
import { LoaderCircle } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'

/** True once `isActive` has lasted longer than `afterMs`. */
export function useDelayed(isActive: boolean, afterMs = 150): boolean {
  const [isDue, setIsDue] = useState(false)
  useEffect(() => {
    if (!isActive) return undefined
    const timer = setTimeout(() => setIsDue(true), afterMs)
    return () => {
      clearTimeout(timer)
      setIsDue(false)
    }
  }, [isActive, afterMs])
  return isActive && isDue
}

/** A spinner; decoration beside words that say what is going on. */
export function Spinner({ size = 14 }: { readonly size?: number }): ReactNode {
  return <LoaderCircle aria-hidden="true" size={size} strokeWidth={1.75} className="animate-spin" />
}
