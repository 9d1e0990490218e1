// The bytes of a body, sixteen in a line, as hexadecimal and as text; read as they are scrolled to.
import { useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'
import { joined } from './body-preview.tsx'
import { createLineSource } from './line-source.ts'
import { LineViewer } from './line-viewer.tsx'

const PER_LINE = 16

/** The bytes. */
export function BodyHex({ exchangeId }: { readonly exchangeId: ExchangeId }): ReactNode {
  const host = useHost()
  const source = useMemo(
    () =>
      createLineSource(async (from, count, signal) => {
        const got = await host.requests.bytes(
          { exchangeId, from: from * PER_LINE, count: count * PER_LINE },
          { signal },
        )
        return {
          lines: hexLines(joined(got.bodies), from * PER_LINE),
          total: Math.ceil(got.value.total / PER_LINE),
          isComplete: true,
        }
      }),
    [host, exchangeId],
  )
  useEffect(() => {
    source.refresh()
    return () => source.close()
  }, [source])
  const problem = useSyncExternalStore(source.onChange, () => source.problem)
  const text = describeError(problem)
  return (
    <div className="flex min-h-0 flex-1 flex-col border-t border-line-1">
      {text === undefined ? null : (
        <p role="alert" className="px-14 py-8 text-small text-danger">
          {text.message}
        </p>
      )}
      <LineViewer
        label="Bytes of the response"
        source={source}
        language="plain"
        wraps={false}
        marksOf={() => []}
      />
    </div>
  )
}

/** Lines of sixteen bytes: offset, bytes, text. */
export function hexLines(bytes: Uint8Array, offset: number): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0'))
    const left = hex.slice(0, 8).join(' ').padEnd(23)
    const right = hex.slice(8).join(' ').padEnd(23)
    const text = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${(offset + at).toString(16).padStart(8, '0')}  ${left}  ${right}  ${text}`)
  }
  return lines
}
