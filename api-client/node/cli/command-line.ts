// What the command line is given.

/** The process as the command line sees it. */
export interface CommandLine {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where relative paths count from. */
  readonly directory: string
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  readonly isTerminal: boolean
  /** Ctrl+C. */
  readonly signal: AbortSignal
}
