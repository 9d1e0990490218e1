// Before the host has answered: nothing for 150 ms, then one line; and what to do when it does not answer.
import type { ReactNode } from 'react'
import { Logo } from '../components/logo.tsx'
import { Spinner, useDelayed } from '../components/spinner.tsx'
import { describeError } from '../host/error-text.ts'
import { useHostState } from '../host/host-provider.tsx'

/** The screen before the app. */
export function StartScreen({ error }: { readonly error: Error | undefined }): ReactNode {
  const state = useHostState()
  const isSlow = useDelayed(true)
  const isLost = state.status === 'lost' && state.attempts > 1
  const problem =
    state.status === 'refused'
      ? state.message
      : error === undefined
        ? undefined
        : describeError(error)?.message
  return (
    <main className="flex h-full flex-col bg-s1 text-1">
      <div className="m-auto flex w-420 items-start gap-14 p-24">
        {isSlow ? (
          <>
            <Logo />
            <div className="min-w-0" role="status">
              <h1 className="text-title">
                {problem === undefined && !isLost ? 'Starting NebulaDB' : 'NebulaDB does not answer'}
              </h1>
              {problem === undefined && !isLost ? (
                <p className="mt-4 flex items-center gap-6 text-body text-2">
                  <Spinner /> Waiting for the app behind this page.
                </p>
              ) : (
                <p className="mt-4 text-body text-2">
                  {problem ?? 'The app behind this page is not running.'} Start it with{' '}
                  <code className="text-data text-1">npm start</code> and open the address that it prints.
                </p>
              )}
            </div>
          </>
        ) : null}
      </div>
    </main>
  )
}
