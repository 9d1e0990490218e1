// Toasts at the bottom right: one line, one action, 6 s, paused while the pointer is over them.
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react'
import { IconButton, TextButton } from './button.tsx'
import { classNames } from './class-names.ts'

export interface ToastItem {
  readonly id: number
  readonly tone: 'neutral' | 'success' | 'warning' | 'danger' | 'info'
  readonly text: string
  readonly action: { readonly label: string; run(): void } | undefined
}

const SHOWN_MS = 6_000
const MARKS = {
  neutral: { icon: Info, className: 'text-2' },
  info: { icon: Info, className: 'text-info' },
  success: { icon: CircleCheck, className: 'text-success' },
  warning: { icon: TriangleAlert, className: 'text-warning' },
  danger: { icon: CircleAlert, className: 'text-danger' },
} as const

/** Shows the toasts, newest last, and announces them. */
export function ToastRegion(props: {
  readonly toasts: readonly ToastItem[]
  readonly onDismiss: (id: number) => void
}): ReactNode {
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed right-12 bottom-36 z-70 flex flex-col items-end gap-8"
    >
      {props.toasts.map((toast) => (
        <Toast key={toast.id} toast={toast} onDismiss={() => props.onDismiss(toast.id)} />
      ))}
    </section>
  )
}

function Toast({
  toast,
  onDismiss,
}: {
  readonly toast: ToastItem
  readonly onDismiss: () => void
}): ReactNode {
  const [isPaused, setIsPaused] = useState(false)
  const expire = useEffectEvent(onDismiss)
  useEffect(() => {
    if (isPaused) return undefined
    const timer = setTimeout(() => expire(), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isPaused])
  const { icon: Icon, className } = MARKS[toast.tone]
  return (
    <div
      onPointerEnter={() => setIsPaused(true)}
      onPointerLeave={() => setIsPaused(false)}
      onFocus={() => setIsPaused(true)}
      onBlur={() => setIsPaused(false)}
      className="pointer-events-auto flex min-h-36 max-w-420 items-center gap-8 rounded-card bg-s3 py-4 pr-6 pl-12 text-small shadow-overlay transition-opacity duration-120 starting:opacity-0"
    >
      <Icon aria-hidden="true" size={14} strokeWidth={1.75} className={classNames('flex-none', className)} />
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{toast.text}</span>
      {toast.action === undefined ? null : (
        <TextButton
          onPress={() => {
            toast.action?.run()
            onDismiss()
          }}
        >
          {toast.action.label}
        </TextButton>
      )}
      <IconButton icon={X} size="small" label="Dismiss" onPress={onDismiss} />
    </div>
  )
}
