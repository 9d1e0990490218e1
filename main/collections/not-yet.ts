// What a handler says whose part is not built yet.
import { AppError } from '#contract/errors.ts'

/** `what` begins the sentence: "Sending a request". */
export function notYet(what: string): never {
  throw new AppError('CONFLICT', `${what} is not part of this version of NebulaDB yet.`, {
    hint: 'Nothing was changed. Update NebulaDB.',
  })
}
