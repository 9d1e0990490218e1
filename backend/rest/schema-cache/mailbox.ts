// What a follower is asked to do next. Wishes that come while it works are answered together by the next turn.

/** What to load, in growing order. */
export type Wish = 'nothing' | 'changes' | 'everything'

export interface Mailbox<Answer> {
  /** Asks without waiting. */
  wish(wish: 'changes' | 'everything'): void
  /** Asks and waits for the turn that begins after this. Rejects with what that turn failed with. */
  ask(wish: 'changes' | 'everything'): Promise<Answer>
  /**
   * Waits for a wish: `nothing` when none came for `afterMs` (0 waits for ever). A wish for changes is kept back for `holdMs`, so that further ones
   * are answered with it; one for everything is not.
   */
  next(afterMs: number, holdMs?: number): Promise<Wish | 'closed'>
  /** Runs one turn, which answers all that was asked before it began. The work gives its result and the answer. */
  serve<T>(work: () => Promise<readonly [T, Answer | undefined]>): Promise<T>
  /** Rejects all who wait, and forgets what they wished for. */
  fail(error: unknown): void
  /** Ends a wait. */
  nudge(): void
  /** Waits so long, or until somebody asks. */
  rest(milliseconds: number): Promise<void>
  close(): void
  readonly closed: AbortSignal
}

const GREATER: Readonly<Record<Wish, number>> = { nothing: 0, changes: 1, everything: 2 }

/** An empty mailbox. */
export function createMailbox<Answer>(): Mailbox<Answer> {
  const closing = new AbortController()
  let wanted: Wish = 'nothing'
  let waiting: PromiseWithResolvers<Answer>[] = []
  let wake = Promise.withResolvers<undefined>()

  const nudge = (): void => wake.resolve(undefined)
  /** Wakes nobody for what is known: there may be very many. */
  const add = (wish: Wish): void => {
    if (GREATER[wish] <= GREATER[wanted]) return
    wanted = wish
    nudge()
  }
  const fail = (error: unknown): void => {
    for (const { reject } of waiting) reject(error)
    waiting = []
    wanted = 'nothing'
  }
  /** Until somebody asks, or for so long. */
  const sleep = async (milliseconds: number): Promise<void> => {
    wake = Promise.withResolvers()
    const timer = milliseconds > 0 ? setTimeout(nudge, milliseconds) : undefined
    await wake.promise
    clearTimeout(timer)
  }

  return {
    closed: closing.signal,
    wish: add,
    ask(wish) {
      if (closing.signal.aborted) return Promise.reject(new Error('The schema cache was closed.'))
      const answer = Promise.withResolvers<Answer>()
      waiting.push(answer)
      add(wish)
      return answer.promise
    },
    async next(afterMs, holdMs = 0) {
      const start = performance.now()
      if (wanted === 'nothing' && !closing.signal.aborted) await sleep(afterMs)
      const leftMs = start + holdMs - performance.now()
      if (wanted === 'changes' && leftMs > 0 && !closing.signal.aborted) await sleep(leftMs)
      return closing.signal.aborted ? 'closed' : wanted
    },
    async serve(work) {
      const asked = waiting
      waiting = []
      wanted = 'nothing'
      try {
        const [result, answer] = await work()
        if (answer !== undefined) for (const { resolve } of asked) resolve(answer)
        return result
      } catch (error) {
        for (const { reject } of asked) reject(error)
        throw error
      }
    },
    fail,
    nudge,
    async rest(milliseconds) {
      if (!closing.signal.aborted) await sleep(milliseconds)
    },
    close() {
      closing.abort()
      nudge()
      fail(new Error('The schema cache was closed.'))
    },
  }
}
