// Errors of the operating system.

/** Whether an error is the one of the operating system with this code. */
export function isErrnoException(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
