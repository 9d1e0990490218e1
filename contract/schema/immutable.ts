// Types that are immutable all the way down.
/** `T` with every property and element readonly. */
export type Immutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Element)[]
    ? number extends T['length']
      ? readonly Immutable<Element>[]
      : { readonly [Key in keyof T]: Immutable<T[Key]> }
    : { readonly [Key in keyof T]: Immutable<T[Key]> }
