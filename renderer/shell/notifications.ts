// Toasts (one line, gone by themselves) and notifications (kept under the bell until read). Errors that need an answer belong where they happened instead.
import { createStore, type Store } from '../host/store.ts'

export type Tone = 'neutral' | 'success' | 'warning' | 'danger' | 'info'

export interface NotificationAction {
  readonly label: string
  run(): void
}

export interface Notification {
  readonly id: number
  readonly tone: Tone
  readonly text: string
  readonly action: NotificationAction | undefined
  readonly at: Date
  readonly isRead: boolean
}

export interface NotificationInput {
  readonly text: string
  readonly tone?: Tone
  readonly action?: NotificationAction
}

export interface Notifications {
  /** Shown now at the bottom right, at most three. */
  readonly toasts: Store<readonly Notification[]>
  /** Everything notified since the start, newest first. */
  readonly kept: Store<readonly Notification[]>
  /** Shows a toast only. */
  toast(input: NotificationInput): void
  /** Shows a toast and keeps it under the bell. */
  notify(input: NotificationInput): void
  dismiss(id: number): void
  markRead(): void
  clear(): void
}

const MAX_TOASTS = 3
const MAX_KEPT = 100

/** Makes an empty set. `now` dates what comes. */
export function createNotifications(now: () => Date): Notifications {
  const toasts = createStore<readonly Notification[]>([])
  const kept = createStore<readonly Notification[]>([])
  let nextId = 1
  const make = ({ text, tone = 'neutral', action }: NotificationInput): Notification => ({
    id: nextId++,
    tone,
    text,
    action,
    at: now(),
    isRead: false,
  })
  const show = (made: Notification): void =>
    toasts.update((before) =>
      [...before.filter((toast) => toast.text !== made.text), made].slice(-MAX_TOASTS),
    )
  return {
    toasts,
    kept,
    toast: (input) => show(make(input)),
    notify(input) {
      const made = make(input)
      show(made)
      kept.update((before) => [made, ...before].slice(0, MAX_KEPT))
    },
    dismiss: (id) => toasts.update((before) => before.filter((toast) => toast.id !== id)),
    markRead: () =>
      kept.update((before) => before.map((one) => (one.isRead ? one : { ...one, isRead: true }))),
    clear: () => kept.set([]),
  }
}
