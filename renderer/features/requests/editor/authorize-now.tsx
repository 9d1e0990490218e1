// Getting an OAuth 2 token now, and forgetting it. The token stays with the host.
import { useState, type ReactNode } from 'react'
import type { ApiRequest } from '#contract/requests/request.ts'
import { Button } from '../../../components/button.tsx'
import { formatMoment } from '../../../components/format.ts'
import { FormError } from '../../../components/form-error.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'
import type { RequestTab } from '../tabs/open-tab.ts'
import { useCollections } from '../use-collections.ts'

type Progress =
  | { readonly step: 'idle' | 'asking' | 'forgotten' }
  | { readonly step: 'browser'; readonly url: string }
  | { readonly step: 'done'; readonly expiresAt: string | null; readonly scope: string }
  | { readonly step: 'failed'; readonly error: unknown }

/** The buttons, and how it goes. */
export function AuthorizeNow(props: { readonly tab: RequestTab; readonly request: ApiRequest }): ReactNode {
  const { tab, request } = props
  const host = useHost()
  const { collections } = useCollections()
  const [progress, setProgress] = useState<Progress>({ step: 'idle' })
  const [controller, setController] = useState<AbortController | null>(null)
  const where = {
    request,
    collectionId: tab.collectionId,
    path: tab.path,
    environment: collections.find((one) => one.id === tab.collectionId)?.activeEnvironment ?? null,
  }
  const authorize = async (): Promise<void> => {
    const started = new AbortController()
    setController(started)
    setProgress({ step: 'asking' })
    try {
      for await (const item of host.requests.authorize(where, { signal: started.signal }))
        setProgress(
          item.type === 'browser'
            ? { step: 'browser', url: item.url }
            : { step: 'done', expiresAt: item.expiresAt, scope: item.scope },
        )
    } catch (error) {
      setProgress(started.signal.aborted ? { step: 'idle' } : { step: 'failed', error })
    } finally {
      setController(null)
    }
  }
  const problem = progress.step === 'failed' ? describeError(progress.error) : undefined
  return (
    <div className="flex flex-col gap-8 border-t border-line-1 pt-12">
      <div className="flex items-center gap-8">
        <Button isBusy={controller !== null} onPress={() => void authorize()}>
          {controller === null ? 'Get a token' : 'Waiting for the browser…'}
        </Button>
        {controller === null ? (
          <Button
            variant="ghost"
            onPress={() =>
              void host.requests.forgetTokens(where).then(
                () => setProgress({ step: 'forgotten' }),
                (error: unknown) => setProgress({ step: 'failed', error }),
              )
            }
          >
            Forget tokens
          </Button>
        ) : (
          <Button variant="ghost" onPress={() => controller.abort()}>
            Cancel
          </Button>
        )}
        {progress.step === 'browser' ? (
          <CopyButton label="Copy address" text={progress.url} variant="ghost" />
        ) : null}
      </div>
      <div aria-live="polite" className="text-small text-2">
        {progress.step === 'done'
          ? `There is a token${progress.scope === '' ? '' : ` for ${progress.scope}`}${progress.expiresAt === null ? '' : `, until ${formatMoment(progress.expiresAt, new Date())}`}.`
          : progress.step === 'forgotten'
            ? 'The tokens are forgotten.'
            : progress.step === 'browser'
              ? 'Sign in there; this page goes on by itself.'
              : null}
      </div>
      <FormError message={problem?.message} hint={problem?.hint} />
    </div>
  )
}
