// Whether the service can do its work: asked by GET /readyz.

export interface ReadinessCheck {
  readonly name: string
  /** Resolves when all is well; rejects with the reason otherwise. */
  readonly check: () => Promise<void>
}

export interface Readiness {
  readonly isReady: boolean
  /** No reasons: the page is public. The log has them. */
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>
}

/** Runs all checks at once; one that takes longer than `timeoutMs` fails. */
export async function checkReadiness(
  checks: readonly ReadinessCheck[],
  timeoutMs = 2_000,
): Promise<Readiness> {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => [name, await passes(check, timeoutMs)] as const),
  )
  return {
    isReady: results.every(([, passed]) => passed),
    checks: Object.fromEntries(results.map(([name, passed]) => [name, passed ? 'ok' : 'failing'])),
  }
}

async function passes(check: () => Promise<void>, timeoutMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), timeoutMs)
  const answer = check().then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
