// What is written.

export interface MutatePlan {
  readonly kind: 'insert' | 'update' | 'delete'
}
