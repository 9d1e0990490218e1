// What stands across the app when a limit is near or reached: what happens, and what to do. One line for an organisation, the gravest first.
import { CircleAlert, CreditCard, Info, TriangleAlert, X } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react'
import type { BillingNotice } from '#contract/capabilities/billing.ts'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import { Banner } from '../../components/banner.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { useCommands, useLocation, useShell } from '../../shell/shell.tsx'
import { useOfflineReason } from '../connectivity/index.ts'
import { organisationPage, useOrganisations } from '../organisations/index.ts'
import { PayOpen } from './pay-invoice.tsx'
import { useNotices } from './use-billing.ts'

const LOOKS = {
  info: { icon: Info, tone: 'info' },
  warning: { icon: TriangleAlert, tone: 'warning' },
  error: { icon: CircleAlert, tone: 'danger' },
} as const
/** What a payment ends. */
const UNPAID: ReadonlySet<BillingNotice['kind']> = new Set(['past-due', 'restricted', 'suspended'])
const GRAVITY: readonly BillingNotice['severity'][] = ['error', 'warning', 'info']
/** Who belongs to many organisations reads the others’ on their pages. */
const MOST = 3

/** The gravest notice that was not put aside. */
export function gravest(
  notices: readonly BillingNotice[],
  dismissed: ReadonlySet<string>,
): BillingNotice | undefined {
  return notices
    .filter((notice) => notice.severity === 'error' || !dismissed.has(keyOf(notice)))
    .sort((a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity))[0]
}

function keyOf(notice: BillingNotice): string {
  return [notice.kind, notice.metric, notice.projectId, notice.title].join(' ')
}

/** The banners of every area; mount it only while somebody is signed in. */
export function BillingBanner(): ReactNode {
  const organisations = useOrganisations().data ?? []
  const { navigation } = useShell()
  useCommands(
    organisations.map(({ id, name }) => ({
      id: `billing.open.${id}`,
      title: organisations.length === 1 ? 'Open plan and billing' : `Open plan and billing of ${name}`,
      group: 'Account',
      icon: CreditCard,
      run: () => navigation.go({ area: 'settings', page: organisationPage('billing', id) }),
    })),
  )
  return organisations
    .slice(0, MOST)
    .map((one) => <NoticeBanner key={one.id} organisation={one} isNamed={organisations.length > 1} />)
}

/** Tells each notice that is new once more under the bell; those that were there at the start stand in the banner already. */
function useNotifyNew(notices: readonly BillingNotice[] | undefined): void {
  const { notifications } = useShell()
  const told = useRef<ReadonlySet<string>>(undefined)
  const tell = useEffectEvent((now: readonly BillingNotice[]) => {
    const before = told.current
    told.current = new Set([...(before ?? []), ...now.map(keyOf)])
    if (before === undefined) return
    for (const notice of now)
      if (!before.has(keyOf(notice)))
        notifications.notify({
          tone: notice.severity === 'error' ? 'danger' : notice.severity,
          text: `${notice.title} ${notice.message}`,
        })
  })
  useEffect(() => {
    if (notices !== undefined) tell(notices)
  }, [notices])
}

function NoticeBanner(props: { readonly organisation: Organisation; readonly isNamed: boolean }): ReactNode {
  const { organisation } = props
  const { navigation } = useShell()
  const location = useLocation()
  const offline = useOfflineReason()
  const reading = useNotices(organisation.id).data
  const notices = reading ?? []
  useNotifyNew(reading)
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set())
  const notice = gravest(notices, dismissed)
  if (notice === undefined) return null
  const look = LOOKS[notice.severity]
  const page = organisationPage('billing', organisation.id)
  const isThere = location.area === 'settings' && location.page === page
  return (
    <Banner
      icon={look.icon}
      tone={look.tone}
      lead={props.isNamed ? `${organisation.name}: ${notice.title}` : notice.title}
      actions={
        <>
          {organisation.managesBilling && UNPAID.has(notice.kind) ? (
            <PayOpen organisationId={organisation.id} offReason={offline} isCompact />
          ) : null}
          {isThere ? null : (
            <Button size="compact" onPress={() => navigation.go({ area: 'settings', page })}>
              {actionOf(notice, organisation)}
            </Button>
          )}
          {notice.severity === 'error' ? null : (
            <IconButton
              icon={X}
              size="small"
              label="Put aside"
              onPress={() => setDismissed(new Set([...dismissed, keyOf(notice)]))}
            />
          )}
        </>
      }
    >
      <span title={notice.message} className="text-1">
        {notice.message}
      </span>
    </Banner>
  )
}

/** What to do about it, in two or three words. */
function actionOf(notice: BillingNotice, { managesBilling }: Organisation): string {
  if (!managesBilling) return 'See usage'
  switch (notice.kind) {
    case 'quota-near':
    case 'quota-reached':
    case 'quota-forecast':
      return 'See what is used'
    case 'cap-near':
    case 'cap-reached':
      return 'See spend cap'
    case 'past-due':
    case 'restricted':
    case 'suspended':
      return 'Update payment'
    case 'trial-ends':
    case 'cancelled':
      return 'See plan'
  }
}
