// Classes that popovers, menus and dialogs share.

/** A popover's box: raised, 120 ms. */
export const POPOVER =
  'z-40 rounded-card bg-s3 shadow-overlay outline-none transition-[opacity,translate] duration-120 ease-in data-[entering]:-translate-y-4 data-[entering]:opacity-0 data-[exiting]:opacity-0'

/** An item of a menu or list box. */
export const ITEM =
  'flex h-28 cursor-default items-center gap-8 rounded-control px-8 text-small text-1 outline-none data-[focused]:bg-active data-[disabled]:text-3'
