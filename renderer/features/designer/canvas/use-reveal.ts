// The way to bring an object or a part of it into view, lent to the session: the tree, the panels and the preview use it.
import { useReactFlow } from '@xyflow/react'
import { useEffect, useState } from 'react'
import { rowMiddle } from '#postgres/common/exchange/svg/sizes.ts'
import { createStore, useStore } from '../../../host/store.ts'
import type { DesignSession } from '../session.ts'
import type { Neighbourhood } from './overlays.tsx'
import type { Drawing } from './shapes.ts'

/** What is revealed can be read. */
const READABLE = 0.8

interface Wanted {
  readonly objectId: string
  readonly partId: string | null
}

/** Lends the session the way to bring something into view. What was just made is shown as soon as it is drawn. */
export function useReveal(
  session: DesignSession,
  drawing: Drawing,
  setFocus: (focus: Neighbourhood | null) => void,
): void {
  const flow = useReactFlow()
  const [wish] = useState(() => createStore<Wanted | null>(null))
  const wanted = useStore(wish)
  useEffect(() => {
    const reveal = (objectId: string, partId?: string): void => {
      session.selection.set({ objectIds: [objectId], partId: partId ?? null })
      setFocus(null)
      wish.set({ objectId, partId: partId ?? null })
    }
    session.reveal.set(reveal)
    return () => {
      if (session.reveal.get() === reveal) session.reveal.set(null)
    }
  }, [session, setFocus, wish])
  useEffect(() => {
    if (wanted === null) return
    const id = drawing.foldedInto.get(wanted.objectId) ?? wanted.objectId
    const shape = drawing.shapes.find((one) => one.id === id)
    const place = session.diagram.get().positions[id]
    if (shape === undefined || place === undefined) return
    const row = shape.rows.findIndex((one) => one.id === wanted.partId)
    const zoom = Math.max(flow.getZoom(), READABLE)
    void flow.setCenter(
      place.x + shape.width / 2,
      place.y + (row === -1 ? Math.min(shape.height, 400) / 2 : rowMiddle(row)),
      { zoom, duration: 0 },
    )
    wish.set(null)
  }, [wanted, wish, drawing, session, flow])
}
