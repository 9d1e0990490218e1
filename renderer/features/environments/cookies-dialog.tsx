// The cookies of a collection by domain. Their values are as good as passwords: they are masked until one is asked for.
import { Cookie as CookieIcon, Eye, EyeOff, Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { Cookie } from '#contract/requests/exchange.ts'
import { Button, IconButton, TextButton } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall, useHostEvent } from '../../host/host-provider.tsx'
import { useCollections } from '../requests/index.ts'
import { CookieForm } from './cookie-form.tsx'

export interface CookiesDialogProps {
  /** Whose jar; null for that of requests in no collection. */
  readonly collectionId: CollectionId | null
  readonly onClose: () => void
}

type Clearing = { readonly domain: string | null; readonly count: number }

/** Rendered only while it is open. */
export function CookiesDialog({ collectionId, onClose }: CookiesDialogProps): ReactNode {
  const { collections } = useCollections()
  const owner = collections.find((one) => one.id === collectionId)?.name
  const reading = useCall(['requests', 'cookies', collectionId], (host, options) =>
    host.requests.cookies({ collectionId }, options),
  )
  useHostEvent(
    (host) => host.requests.historyChanged,
    () => void reading.refetch(),
  )
  const [text, setText] = useState('')
  const [revealed, setRevealed] = useState<ReadonlySet<string>>(new Set())
  const [editing, setEditing] = useState<Cookie | 'new' | null>(null)
  const [clearing, setClearing] = useState<Clearing | null>(null)
  /** What can be taken back: said in the dialog, for what lies behind it cannot be reached by keyboard. */
  const [deleted, setDeleted] = useState<Cookie | null>(null)
  const restoring = useAction(
    (host, cookie: Cookie) => host.requests.saveCookie({ collectionId, cookie, replaces: null }),
    ['requests'],
    { onSuccess: () => setDeleted(null) },
  )
  const removing = useAction(
    (host, { domain, path, name }: Cookie) =>
      host.requests.removeCookies({ collectionId, domain, path, name }),
    ['requests'],
    { onSuccess: (_, cookie) => setDeleted(cookie) },
  )
  const failed = removing.error ?? restoring.error
  const emptying = useAction(
    (host, { domain }: Clearing) =>
      host.requests.removeCookies({ collectionId, domain, path: null, name: null }),
    ['requests'],
    { onSuccess: () => setClearing(null) },
  )
  const all = reading.data ?? []
  const wanted = text.trim().toLowerCase()
  const found = all.filter((one) =>
    [one.name, one.domain, one.path].some((word) => word.toLowerCase().includes(wanted)),
  )
  const domains = [...new Set(found.map((one) => one.domain))].sort()
  const toggle = (key: string): void => {
    const next = new Set(revealed)
    if (!next.delete(key)) next.add(key)
    setRevealed(next)
  }
  return (
    <>
      <Dialog
        title={owner === undefined ? 'Cookies of requests in no collection' : `Cookies of ${owner}`}
        width="wide"
        isOpen
        onClose={onClose}
        hint="Kept by this machine’s keychain, in no file."
        actions={
          <>
            <Button
              variant="danger"
              isDisabled={all.length === 0}
              onPress={() => setClearing({ domain: null, count: all.length })}
            >
              Clear all
            </Button>
            <Button onPress={onClose}>Close</Button>
          </>
        }
      >
        <div className="flex min-h-[40vh] flex-col gap-12">
          <div className="flex items-center gap-8">
            <SearchField label="Search cookies" value={text} onChange={setText} className="max-w-320" />
            <span role="status" className="flex-1 text-small text-3">
              {reading.data === undefined ? '' : `${found.length} of ${all.length}`}
              {deleted === null ? null : (
                <>
                  <span className="ml-12 text-2">Cookie {deleted.name} deleted. </span>
                  <TextButton onPress={() => restoring.mutate(deleted)}>Undo</TextButton>
                </>
              )}
            </span>
            <Button icon={Plus} onPress={() => setEditing('new')}>
              Add cookie
            </Button>
          </div>
          <FormError message={describeError(failed)?.message} hint={describeError(failed)?.hint} />
          {reading.data === undefined ? (
            reading.isError ? (
              <FormError
                message={`The cookies could not be read. ${describeError(reading.error)?.message ?? ''}`}
                hint={describeError(reading.error)?.hint}
                action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
              />
            ) : (
              <SkeletonRows count={6} label="Reading cookies" />
            )
          ) : all.length === 0 ? (
            <EmptyState
              title="No cookies"
              action={<Button onPress={() => setEditing('new')}>Add cookie</Button>}
            >
              What servers set in their responses is kept here and sent with the next request to them.
            </EmptyState>
          ) : found.length === 0 ? (
            <EmptyState
              title="No cookie matches"
              action={<Button onPress={() => setText('')}>Show all</Button>}
            >
              None has “{text.trim()}” in its name, domain or path.
            </EmptyState>
          ) : (
            domains.map((domain) => {
              const here = found.filter((one) => one.domain === domain)
              return (
                <section key={domain} aria-label={domain}>
                  <div className="flex h-28 items-center gap-8">
                    <h3 className="font-mono text-data text-1">{domain}</h3>
                    <span className="flex-1 text-small text-3">{here.length}</span>
                    <span className="text-small">
                      <TextButton
                        onPress={() =>
                          setClearing({ domain, count: all.filter((one) => one.domain === domain).length })
                        }
                      >
                        Clear {domain}
                      </TextButton>
                    </span>
                  </div>
                  <DataList
                    label={`Cookies of ${domain}`}
                    columns={COLUMNS}
                    rows={here.map((cookie) => {
                      const key = keyOf(cookie)
                      const isRevealed = revealed.has(key)
                      return {
                        id: key,
                        cells: [
                          <RowAction
                            key="name"
                            icon={CookieIcon}
                            name={cookie.name}
                            onPress={() => setEditing(cookie)}
                          />,
                          <span key="value" className="block truncate font-mono text-data text-2">
                            {isRevealed ? cookie.value : '••••••••'}
                          </span>,
                          <span key="path" className="font-mono text-data text-2">
                            {cookie.path}
                          </span>,
                          cookie.expiresAt === null ? (
                            <span key="expires" className="text-3">
                              with the session
                            </span>
                          ) : (
                            <time key="expires" dateTime={cookie.expiresAt}>
                              {new Date(cookie.expiresAt).toLocaleString()}
                            </time>
                          ),
                          <span key="flags" className="text-2">
                            {flagsOf(cookie)}
                          </span>,
                          <span key="actions" className="flex gap-2">
                            <IconButton
                              icon={isRevealed ? EyeOff : Eye}
                              label={
                                isRevealed
                                  ? `Hide the value of ${cookie.name}`
                                  : `Show the value of ${cookie.name}`
                              }
                              onPress={() => toggle(key)}
                            />
                            <IconButton
                              icon={Trash2}
                              label={`Delete ${cookie.name}`}
                              onPress={() => removing.mutate(cookie)}
                            />
                          </span>,
                        ],
                      }
                    })}
                  />
                </section>
              )
            })
          )}
        </div>
      </Dialog>
      {editing === null ? null : (
        <CookieForm
          collectionId={collectionId}
          cookie={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
      {clearing === null ? null : (
        <ConfirmDialog
          isOpen
          title={clearing.domain === null ? 'Clear all cookies?' : `Clear the cookies of ${clearing.domain}?`}
          lost={`${clearing.count} ${clearing.count === 1 ? 'cookie is' : 'cookies are'} deleted. Sessions that rest on them end for this tester.`}
          confirmLabel="Clear cookies"
          busyLabel="Clearing…"
          isBusy={emptying.isPending}
          error={describeError(emptying.error)?.message}
          onConfirm={() => emptying.mutate(clearing)}
          onClose={() => setClearing(null)}
        />
      )}
    </>
  )
}

const COLUMNS = [
  { id: 'name', title: 'Name' },
  { id: 'value', title: 'Value', isFluid: true },
  { id: 'path', title: 'Path' },
  { id: 'expires', title: 'Expires' },
  { id: 'flags', title: 'Sent' },
  { id: 'actions', title: 'Show and delete', isTitleHidden: true },
] as const

function keyOf({ domain, path, name }: Cookie): string {
  return JSON.stringify([domain, path, name])
}

function flagsOf(cookie: Cookie): string {
  const words = [
    ...(cookie.isHostOnly ? ['this host'] : ['subdomains too']),
    ...(cookie.isSecure ? ['Secure'] : []),
    ...(cookie.isHttpOnly ? ['HttpOnly'] : []),
    ...(cookie.sameSite === null ? [] : [`SameSite ${cookie.sameSite}`]),
  ]
  return words.join(', ')
}
