// Errors as Stripe answers them.

export interface FailureDetails {
  readonly code?: string
  readonly param?: string
  readonly declineCode?: string
}

/** Thrown by a handler; the server writes it as Stripe would. */
export class StripeFailure extends Error {
  readonly status: number
  readonly type: string
  readonly details: FailureDetails
  constructor(status: number, type: string, message: string, details: FailureDetails = {}) {
    super(message)
    this.status = status
    this.type = type
    this.details = details
  }

  /** The body of the answer. */
  body(): unknown {
    return {
      error: {
        type: this.type,
        message: this.message,
        ...(this.details.code === undefined ? {} : { code: this.details.code }),
        ...(this.details.param === undefined ? {} : { param: this.details.param }),
        ...(this.details.declineCode === undefined ? {} : { decline_code: this.details.declineCode }),
      },
    }
  }
}

/** 400: what was asked makes no sense here. */
export const invalid = (message: string, details: FailureDetails = {}): StripeFailure =>
  new StripeFailure(400, 'invalid_request_error', message, details)

/** 404, in Stripe's words. */
export const noSuch = (what: string, id: string, param = 'id'): StripeFailure =>
  new StripeFailure(404, 'invalid_request_error', `No such ${what}: '${id}'`, {
    code: 'resource_missing',
    param,
  })

/** 402: the bank said no. */
export const declined = (declineCode: string): StripeFailure =>
  declineCode === 'authentication_required'
    ? new StripeFailure(
        402,
        'card_error',
        'Your card was declined. This transaction requires authentication.',
        {
          code: 'authentication_required',
          declineCode,
        },
      )
    : new StripeFailure(402, 'card_error', 'Your card was declined.', { code: 'card_declined', declineCode })

/** 501 does not exist at Stripe: what a test asked for is beyond this server, and it says so instead of guessing. */
export const beyond = (what: string): StripeFailure =>
  invalid(`This server does not do that: ${what}. docs/specs/stripe.md lists what it cannot do.`, {
    code: 'beyond_this_server',
  })
