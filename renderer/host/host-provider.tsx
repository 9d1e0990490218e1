// Gives the tree below it the host: `useHost` for calls in handlers, `useCall` and `useAction` for what is shown, `useHostEvent` for news.
import {
  QueryClient,
  QueryClientProvider,
  useMutation,
  useQuery,
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { createContext, useContext, useEffect, useEffectEvent, type ReactNode } from 'react'
import type { HostContract } from '#contract/contract.ts'
import { isAppError } from '#contract/errors.ts'
import type { CallOptions, Client } from '#contract/rpc/definition.ts'
import type { HostLink, HostState } from './link.ts'
import { useStore } from './store.ts'

export type Host = Client<HostContract>

const LinkContext = createContext<HostLink | null>(null)

/** The query client of the page: the host is on this machine, so nothing waits for a network and only a lost transport is worth a retry. */
export function createPageQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 2_000,
        retry: (failures, error) => failures < 3 && isAppError(error, 'TRANSPORT_CLOSED'),
      },
      mutations: { networkMode: 'always' },
    },
  })
}

export interface HostProviderProps {
  readonly link: HostLink
  readonly queryClient: QueryClient
  readonly children: ReactNode
}

/** Makes the host available below, and reads everything again once a lost connection is back. */
export function HostProvider({ link, queryClient, children }: HostProviderProps): ReactNode {
  useEffect(() => link.onReconnect(() => void queryClient.invalidateQueries()), [link, queryClient])
  return (
    <LinkContext value={link}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </LinkContext>
  )
}

function useLink(): HostLink {
  const link = useContext(LinkContext)
  if (link === null) throw new Error('HostProvider is missing above.')
  return link
}

/** The host's client. Stable for the life of the page. */
export function useHost(): Host {
  return useLink().api
}

/** Whether the host can be reached. */
export function useHostState(): HostState {
  return useStore(useLink().state)
}

export interface UseCallOptions {
  readonly enabled?: boolean
  /** Milliseconds between readings while it is shown. */
  readonly refetchInterval?: number | false
  /** How long an answer counts as fresh, in milliseconds. */
  readonly staleTime?: number
}

/**
 * Reads from the host and keeps the answer under `key`, whose first item is the capability's name: the capability's `changed` event makes
 * every key under it be read again.
 */
export function useCall<T>(
  key: QueryKey,
  call: (host: Host, options: CallOptions) => Promise<T>,
  options: UseCallOptions = {},
): UseQueryResult<T> {
  const host = useHost()
  return useQuery<T>({ queryKey: key, queryFn: ({ signal }) => call(host, { signal }), ...options })
}

export interface UseActionOptions<Input, Output> {
  readonly onSuccess?: (output: Output, input: Input) => void | Promise<void>
  readonly onError?: (error: Error, input: Input) => void
  /** Actions of the same name run one after the other, in the order in which they were asked for. */
  readonly inOrder?: string
  /** The answer holds a secret: nothing keeps it once the component is gone or `reset` was called. */
  readonly isSecret?: boolean
}

/** Changes something through the host. `invalidates` names the capabilities whose readings are old afterwards. */
export function useAction<Input, Output>(
  action: (host: Host, input: Input) => Promise<Output>,
  invalidates: readonly (keyof HostContract)[] = [],
  options: UseActionOptions<Input, Output> = {},
): UseMutationResult<Output, Error, Input> {
  const host = useHost()
  return useMutation<Output, Error, Input>({
    mutationFn: (input) => action(host, input),
    onSuccess: async (output, input, _context, { client }) => {
      for (const capability of invalidates) void client.invalidateQueries({ queryKey: [capability] })
      await options.onSuccess?.(output, input)
    },
    onError: (error, input) => options.onError?.(error, input),
    ...(options.inOrder === undefined ? {} : { scope: { id: options.inOrder } }),
    ...(options.isSecret === true ? { gcTime: 0 } : {}),
  })
}

/** Hears an event of the host while the component is mounted: `useHostEvent((host) => host.history.changed, …)`. */
export function useHostEvent<Payload>(
  select: (host: Host) => (listener: (payload: Payload) => void) => () => void,
  listener: (payload: Payload) => void,
): void {
  const host = useHost()
  const tell = useEffectEvent(listener)
  const subscribe = useEffectEvent(select)
  useEffect(() => subscribe(host)((payload) => tell(payload)), [host])
}
