// Which function is called, with what.

export interface CallPlan {
  readonly kind: 'call-plan'
}
