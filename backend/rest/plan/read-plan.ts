// The tree of what is read: one node for each relation, its embeds below it.

export interface ReadPlan {
  readonly kind: 'read-plan'
}
