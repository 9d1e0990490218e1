// Pages of the payment provider, where cards are typed: opened in the person's browser, and waited for here. What is waited for outlives a restart; the
// page's address does not, because whoever has it may act there.
import { ExternalLink } from 'lucide-react'
import {
  createContext,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useState,
  type ReactNode,
} from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { FormError } from '../../components/form-error.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { useLayoutText } from '../../shell/use-layout.ts'

const Waiting = z.object({
  organisationId: OrganisationId,
  session: z.string().max(500),
  purpose: z.enum(['plan', 'card', 'invoice', 'portal']),
})
type Waiting = z.infer<typeof Waiting>

export interface HostedPage extends Waiting {
  readonly url: string
}

const LAYOUT_NAME = 'billing.hosted-page'
const ASK_AGAIN_MS = 2_000

const HostedPageContext = createContext<(page: HostedPage) => void>(() => undefined)

/** Opens a page of the payment provider and waits for the person to come back. */
export function useOpenHostedPage(): (page: HostedPage) => void {
  return useContext(HostedPageContext)
}

function readWaiting(text: string): Waiting | undefined {
  try {
    const parsed = Waiting.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Nothing is waited for, or it was another version.
    return undefined
  }
}

/** Shows what is waited for above everything below it. Mount it once. */
export function HostedPageProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [kept, keep] = useLayoutText(LAYOUT_NAME, '')
  const [opened, setOpened] = useState<HostedPage>()
  const waiting = useMemo(() => readWaiting(kept), [kept])
  const open = (page: HostedPage): void => {
    const { organisationId, session, purpose } = page
    setOpened(page)
    keep(JSON.stringify({ organisationId, session, purpose }))
    // Where the browser does not allow it, the dialog's link does.
    window.open(page.url, '_blank', 'noopener')
  }
  return (
    <HostedPageContext value={open}>
      {children}
      {waiting === undefined ? null : (
        <HostedPageDialog
          key={waiting.session}
          waiting={waiting}
          url={opened?.session === waiting.session ? opened.url : undefined}
          onClose={() => keep('')}
        />
      )}
    </HostedPageContext>
  )
}

const TITLES = {
  plan: 'Finish in your browser',
  card: 'Add the payment method in your browser',
  invoice: 'Pay the invoice in your browser',
  portal: 'The payment provider’s pages are open in your browser',
} as const
const WAITS_FOR = {
  plan: 'Waiting until the payment page is completed. The plan changes then, and this closes by itself.',
  card: 'Waiting until the payment method is added. This closes by itself.',
  invoice:
    'The payment method that is set did not do. Waiting until the invoice is paid; this closes by itself.',
  portal: 'Come back when you are done; what you changed there is shown here then.',
} as const
const DONE = {
  plan: 'The plan is changed.',
  card: 'The payment method is added.',
  invoice: 'The invoice is paid.',
  portal: '',
} as const

interface HostedPageDialogProps {
  readonly waiting: Waiting
  readonly url: string | undefined
  readonly onClose: () => void
}

function HostedPageDialog({ waiting, url, onClose }: HostedPageDialogProps): ReactNode {
  const { organisationId, session, purpose } = waiting
  const queries = useQueryClient()
  const { notifications } = useShell()
  const isAsked = purpose !== 'portal'
  const reading = useCall(
    ['hosted-page', session],
    (host, options) => host.billing.checkReturn({ organisationId, session }, options),
    { enabled: isAsked, refetchInterval: ASK_AGAIN_MS, staleTime: 0 },
  )
  const state = reading.data?.state
  const isGone = isAppError(reading.error, 'NOT_FOUND') || isAppError(reading.error, 'FORBIDDEN')
  const isOver = state === 'expired' || isGone
  const leave = (): void => {
    onClose()
    for (const capability of ['billing', 'usage']) void queries.invalidateQueries({ queryKey: [capability] })
  }
  const finish = useEffectEvent(() => {
    notifications.notify({ tone: 'success', text: DONE[purpose] })
    leave()
  })
  useEffect(() => {
    if (state === 'complete') finish()
  }, [state])

  return (
    <Dialog
      title={isOver ? 'The page was not completed' : TITLES[purpose]}
      isOpen
      onClose={leave}
      actions={
        <Button variant={purpose === 'portal' || isOver ? 'primary' : 'secondary'} onPress={leave}>
          {purpose === 'portal' ? 'Done' : isOver ? 'Close' : 'Stop waiting'}
        </Button>
      }
    >
      <div className="flex flex-col gap-12 text-body">
        {isOver ? (
          <p>
            It has expired, or it was left. Nothing was charged and nothing was changed. Begin again from
            “Plan and billing”.
          </p>
        ) : (
          <>
            <p className="flex items-start gap-8" role="status">
              {isAsked ? (
                <span className="mt-3">
                  <Spinner />
                </span>
              ) : null}
              {WAITS_FOR[purpose]}
            </p>
            {url === undefined ? (
              <p className="text-2">
                The page was opened before this app was started again. If you closed it, stop waiting and
                begin again.
              </p>
            ) : (
              <p className="text-2">
                It should have opened.{' '}
                <a
                  href={url}
                  target="_blank"
                  rel="noopener noreferrer"
                  className="inline-flex items-center gap-4 rounded-badge text-accent-text underline"
                >
                  Open the page
                  <ExternalLink aria-hidden="true" size={12} strokeWidth={1.75} />
                </a>
              </p>
            )}
            <p className="text-small text-3">Card data is typed there only; this app never sees it.</p>
            <FormError {...errorProps(reading.error)} />
          </>
        )}
      </div>
    </Dialog>
  )
}

function errorProps(error: unknown): { readonly message: string | undefined; readonly hint?: string } {
  const text = describeError(error)
  if (text === undefined) return { message: undefined }
  return {
    message: text.message,
    hint: 'It is asked again by itself. What you do in the browser counts all the same.',
  }
}
