// The eight colours of groups and notes, as tints of the chart colours. Whole class names: the style sheet is made of what is written here.

export const COLOUR_NAMES = ['Blue', 'Amber', 'Green', 'Pink', 'Lime', 'Violet', 'Orange', 'Cyan'] as const

export const GROUP_HEADERS: readonly string[] = [
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-1)_22%)]',
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-2)_22%)]',
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-3)_22%)]',
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-4)_22%)]',
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-5)_22%)]',
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-6)_22%)]',
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-7)_22%)]',
  'bg-[color-mix(in_oklab,var(--s2),var(--chart-8)_22%)]',
]

export const GROUP_FRAMES: readonly string[] = [
  'border-chart-1/40 bg-chart-1/6',
  'border-chart-2/40 bg-chart-2/6',
  'border-chart-3/40 bg-chart-3/6',
  'border-chart-4/40 bg-chart-4/6',
  'border-chart-5/40 bg-chart-5/6',
  'border-chart-6/40 bg-chart-6/6',
  'border-chart-7/40 bg-chart-7/6',
  'border-chart-8/40 bg-chart-8/6',
]

export const SWATCHES: readonly string[] = [
  'bg-chart-1',
  'bg-chart-2',
  'bg-chart-3',
  'bg-chart-4',
  'bg-chart-5',
  'bg-chart-6',
  'bg-chart-7',
  'bg-chart-8',
]
