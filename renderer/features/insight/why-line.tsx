// Above the response of a request that failed: why, in one line; the inspector has the rest.
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Exchange } from '#contract/requests/exchange.ts'
import { Banner } from '../../components/banner.tsx'
import { Button } from '../../components/button.tsx'
import { useInspector } from '../../shell/use-inspector.ts'
import { useTrace, watchedOf, type Watched } from './use-insight.ts'

const FAILED_FROM = 400

/** The line; nothing for what succeeded, for what nobody watched, and until it is known. */
export function Why({ exchange }: { readonly exchange: Exchange }): ReactNode {
  const watched = watchedOf(exchange)
  if (watched === null || (exchange.response?.status ?? 0) < FAILED_FROM) return null
  return <Line watched={watched} />
}

function Line({ watched }: { readonly watched: Watched }): ReactNode {
  const [isShown, setIsShown] = useInspector(true)
  const { data, isPending } = useTrace(watched)
  const [first] = data?.explanations ?? []
  // Its room is kept from the start: what is below does not jump.
  if (isPending) return <div className="h-34 flex-none border-b border-line-1" />
  if (first === undefined) return null
  return (
    <Banner
      icon={CircleAlert}
      tone="warning"
      lead="Why:"
      actions={
        isShown ? undefined : (
          <Button size="compact" onPress={() => setIsShown(true)}>
            Show what the database did
          </Button>
        )
      }
    >
      <span title={first.message}>{first.message}</span>
    </Banner>
  )
}
