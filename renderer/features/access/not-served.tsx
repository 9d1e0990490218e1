// Marks what lies in a schema that the API does not serve.
import type { ReactNode } from 'react'
import { Badge } from '../../components/badge.tsx'

/** Read aloud on narrow windows, where the row has no room for it and the note above the table says it. */
export function NotServed(): ReactNode {
  return (
    <span className="max-wide:sr-only">
      <Badge>Not served</Badge>
    </span>
  )
}
