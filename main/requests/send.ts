// Sends requests by the executor, and keeps what came of it: the exchange, cookies, variables that scripts set.
import type { Execution, ExecuteInput, ExecuteContext, Executor } from '#api-client/node/execute/types.ts'
import type { requests } from '#contract/capabilities/requests.ts'
import { AppError } from '#contract/errors.ts'
import type { ExchangeId, SendEvent } from '#contract/requests/exchange.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { eventStream, type RequestContexts, type RequestPlace } from '../collections/index.ts'
import type { CookieJars } from './cookie-jars.ts'
import type { ExchangeHistory } from './history.ts'

export interface RequestSending {
  readonly handlers: Pick<CapabilityHandlers<typeof requests>, 'send'>
  /** All that the executor needs of a place, secrets included. */
  inputFor(exchangeId: ExchangeId, request: ApiRequest, place: RequestPlace): Promise<ExecuteInput>
  /** Executes, and keeps cookies, variables and the exchange. */
  execute(input: ExecuteInput, context: Omit<ExecuteContext, 'onVariables'>): Promise<Execution>
}

export interface SendingDependencies {
  readonly contexts: RequestContexts
  readonly executor: Executor
  readonly jars: CookieJars
  readonly history: ExchangeHistory
}

/** Makes it. */
export function createRequestSending(dependencies: SendingDependencies): RequestSending {
  const { contexts, executor, jars, history } = dependencies

  async function inputFor(
    exchangeId: ExchangeId,
    asked: ApiRequest,
    place: RequestPlace,
  ): Promise<ExecuteInput> {
    if (asked.kind === 'websocket')
      throw new AppError('INVALID_INPUT', 'A WebSocket is opened, not sent.', { hint: 'Connect instead.' })
    const [context, request, cookies] = await Promise.all([
      contexts.of(place),
      contexts.fillRequest(asked, place),
      jars.of(place.collectionId),
    ])
    return { ...context, exchangeId, request, cookies }
  }

  const sending: RequestSending = {
    inputFor,
    async execute(input, context) {
      const place = {
        collectionId: input.collectionId,
        path: input.path,
        environment: input.environment,
      }
      const execution = await executor.execute(input, {
        ...context,
        // The page is told that all is done when all is kept.
        onEvent: (event) => void (event.type === 'done' || context.onEvent?.(event)),
        onVariables: (changes) => contexts.keep(place, changes),
      })
      await history.add(execution.exchange)
      await jars.save(input.collectionId)
      context.onEvent?.({ type: 'done', exchange: execution.exchange })
      return execution
    },
    handlers: {
      send: ({ exchangeId, request, ...place }, { signal }) =>
        eventStream<SendEvent>({
          signal,
          replaces: (last, next) => last.type === 'progress' && next.type === 'progress',
          work: async (emit, cancelled) => {
            const input = await inputFor(exchangeId, request, place)
            await sending.execute(input, { signal: cancelled, onEvent: emit })
          },
        }),
    },
  }
  return sending
}
