// What the grid tells values apart by.

/** How a value is aligned and coloured (design: the `data-…` tokens). */
export type ValueKind =
  'text' | 'number' | 'boolean' | 'time' | 'json' | 'enum' | 'uuid' | 'bytes' | 'geometry'
