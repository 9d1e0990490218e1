// Asking the service for something that only it can do.
import { needsService, type Cloud, type Service } from './cloud.ts'

/**
 * A function that runs one call at once, whatever the state of the link. It throws what the service answers, or SERVICE_UNREACHABLE with `what`
 * ("Creating an API key") in its words.
 */
export function askService(
  cloud: Pick<Cloud, 'call'>,
): <T>(what: string, run: (service: Service) => Promise<T>) => Promise<T> {
  return async (what, run) => {
    try {
      return await cloud.call(run, { now: true })
    } catch (error) {
      throw needsService(error, what)
    }
  }
}
