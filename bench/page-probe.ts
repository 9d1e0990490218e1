// Runs in the page: from a key press to the moment after the frame that shows what it asked for. Nothing is asked over the debugger meanwhile, which would
// cost time of its own.

export type Sight =
  | 'firstRows'
  | 'done'
  | 'ended'
  | 'lastRow'
  | 'lastRowTitle'
  | 'typed'
  | 'cleared'
  | 'rowFocused'
  | 'noGrid'
  | 'middleRow'
  | 'bare'

export interface PageProbe {
  /** Counts from the next press of the key, by its own time stamp: what the page did before it heard of the key counts too. */
  arm(key: string): void
  /** Milliseconds from the key press to the frame that showed it. */
  paintedAfterKey(sight: Sight, rows: number): Promise<number>
  /** Milliseconds since the navigation began until that frame. */
  painted(sight: Sight, rows: number): Promise<number>
  /**
   * Scrolls the grid from its first row to its last in so many steps and waits at each until its rows are painted. A step whose rows do not come
   * within 2 s is a stall: the grid is told of the scrolling once more.
   */
  scrollThrough(steps: number): Promise<{ readonly stepMs: readonly number[]; readonly stalls: number }>
  /** Focuses the editor the moment that it is there and types one character as the keyboard would; then as `painted`. */
  typedAfterStart(): Promise<{ readonly paintedMs: number; readonly isFocusedByItself: boolean }>
}

declare global {
  interface Window {
    nebulaProbe: PageProbe
  }
}

/** Given to the browser as an init script: it must not use anything of this module. */
export function installPageProbe(): void {
  const ROW = '[data-results] .ag-row'
  const DEADLINE_MS = 30_000
  const STALL_MS = 2_000
  const NOT_ARRIVED = new Set(['', '·'])
  const isCellShown = (selector: string): boolean =>
    !NOT_ARRIVED.has(document.querySelector(selector)?.textContent ?? '')
  const rowCountWords = (): number =>
    Number((document.querySelector('[title="Rows"]')?.textContent ?? '').replaceAll(/\D/g, '') || -1)
  const sights: Record<Sight, (rows: number) => boolean> = {
    // The whole first screenful of the table's rows, not only one of them.
    firstRows: () =>
      isCellShown(`${ROW}[row-index="0"] [col-id="2"]`) &&
      [...document.querySelectorAll(`${ROW} [col-id="2"]`)].filter((cell) =>
        /^order \d+$/.test(cell.textContent),
      ).length >= 8,
    done: (rows) => sights.ended(0) && rowCountWords() === rows,
    // While a statement runs its button is the one that cancels.
    ended: () =>
      [...document.querySelectorAll('button')].some((button) => /^Run statement/.test(button.textContent)),
    lastRow: (rows) => isCellShown(`${ROW}[row-index="${rows - 1}"] [col-id="9"]`),
    lastRowTitle: (rows) => isCellShown(`${ROW}[row-index="${rows - 1}"] [col-id="2"]`),
    typed: () => document.querySelector('.monaco-editor .view-lines')?.textContent?.includes('~') === true,
    middleRow: () => {
      const viewport = document.querySelector('[data-results] .ag-grid-viewport')
      const box = viewport?.getBoundingClientRect()
      if (viewport === null || box === undefined) return false
      const row = document.elementFromPoint(box.left + 100, box.top + box.height / 2)?.closest('.ag-row')
      return !NOT_ARRIVED.has(row?.querySelector('[col-id="2"]')?.textContent ?? '')
    },
    rowFocused: (rows) =>
      document.activeElement?.closest('.ag-row')?.getAttribute('row-index') === String(rows - 1),
    noGrid: () => document.querySelector('[data-results] [role="grid"]') === null,
    bare: () => document.querySelector('p')?.textContent === 'bare',
    cleared: () =>
      sights.ended(0) &&
      document.querySelector(`${ROW} [col-id="2"]`) === null &&
      isCellShown(`${ROW}[row-index="0"] [col-id="0"]`),
  }
  const painted = (sight: Sight, rows: number, deadlineMs = DEADLINE_MS): Promise<number> =>
    new Promise((resolve, reject) => {
      const channel = new MessageChannel()
      const beganAt = performance.now()
      // A message sent from a frame's callback is heard once that frame has been painted.
      const ask = (): void => channel.port2.postMessage(null)
      channel.port1.onmessage = () => {
        if (sights[sight](rows)) {
          channel.port1.close()
          resolve(performance.now())
        } else if (performance.now() - beganAt > deadlineMs)
          reject(new Error(`The page does not show: ${sight}.`))
        else requestAnimationFrame(ask)
      }
      requestAnimationFrame(ask)
    })
  let pressedAt = Number.NaN
  window.nebulaProbe = {
    painted,
    arm(key) {
      const listen = (event: KeyboardEvent): void => {
        if (event.key !== key) return
        pressedAt = event.timeStamp
        window.removeEventListener('keydown', listen, { capture: true })
      }
      window.addEventListener('keydown', listen, { capture: true })
    },
    async paintedAfterKey(sight, rows) {
      return (await painted(sight, rows)) - pressedAt
    },
    async scrollThrough(steps) {
      const viewport = document.querySelector('[data-results] .ag-grid-viewport')
      if (viewport === null) throw new Error('The page shows no grid.')
      const stepMs: number[] = []
      let stalls = 0
      for (let step = 1; step <= steps; step++) {
        const beganAt = performance.now()
        viewport.scrollTop = ((viewport.scrollHeight - viewport.clientHeight) * step) / steps
        try {
          await painted('middleRow', 0, STALL_MS)
        } catch {
          stalls += 1
          viewport.dispatchEvent(new Event('scroll'))
          await painted('middleRow', 0)
        }
        stepMs.push(performance.now() - beganAt)
      }
      return { stepMs, stalls }
    },
    async typedAfterStart() {
      const isFocused = (input: Element): boolean => document.activeElement === input
      const input = await new Promise<HTMLTextAreaElement>((resolve) => {
        const look = (): void => {
          const found = document.querySelector('.monaco-editor textarea.inputarea')
          const hasModel = document.querySelector('.monaco-editor .view-line') !== null
          if (found instanceof HTMLTextAreaElement && hasModel) resolve(found)
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      })
      const isFocusedByItself = isFocused(input)
      input.focus()
      // Deprecated, and the only way for a script to type: the editor hears the same events as from a key.
      document.execCommand('insertText', false, '~')
      return { paintedMs: await painted('typed', 0), isFocusedByItself }
    },
  }
}
