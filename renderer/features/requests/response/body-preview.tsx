// A look at what the body is meant to be: HTML in a frame without scripts, network or origin; pictures; PDF as pictures of its pages.
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import type { BodyInfo } from '#contract/capabilities/requests.ts'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import { formatBytes } from '../../../components/format.ts'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'

const PdfView = lazy(async () => ({
  default: (await import('../../../components/pdf-view/pdf-view.tsx')).PdfView,
}))

/** As many as one call gives. */
const MOST_BYTES = 8_000_000
/** Within the frame: nothing is fetched, nothing runs; styles and pictures that are in the text itself are shown. */
const FRAME_POLICY =
  '<meta http-equiv="content-security-policy" content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'; font-src data:">'

type Loaded = { readonly bytes: Uint8Array; readonly total: number } | { readonly error: unknown }

/** The preview. */
export function BodyPreview(props: { readonly exchangeId: ExchangeId; readonly info: BodyInfo }): ReactNode {
  const { exchangeId, info } = props
  const host = useHost()
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    host.requests.bytes({ exchangeId, from: 0, count: MOST_BYTES }, { signal: controller.signal }).then(
      (got) => setLoaded({ bytes: joined(got.bodies), total: got.value.total }),
      (error: unknown) => {
        if (!controller.signal.aborted) setLoaded({ error })
      },
    )
    return () => controller.abort()
  }, [host, exchangeId])
  if (loaded === null) return <SkeletonRows count={4} label="Reading the body" />
  if ('error' in loaded)
    return (
      <p role="alert" className="px-14 py-12 text-small text-danger">
        {describeError(loaded.error)?.message}
      </p>
    )
  if (loaded.bytes.byteLength < loaded.total)
    return (
      <NoPreview>{`It is ${formatBytes(loaded.total)}, more than ${formatBytes(MOST_BYTES)} are not previewed.`}</NoPreview>
    )
  if (info.kind === 'html')
    return (
      <iframe
        title="Preview of the response"
        sandbox=""
        referrerPolicy="no-referrer"
        srcDoc={`${FRAME_POLICY}${new TextDecoder().decode(loaded.bytes)}`}
        className="min-h-0 w-full flex-1 border-t border-line-1 bg-on-accent"
      />
    )
  if (info.kind === 'image' || info.contentType?.includes('svg') === true)
    return (
      <div className="flex min-h-0 flex-1 items-center justify-center overflow-auto p-16">
        <img
          alt="The response as a picture"
          src={`data:${mediaType(info.contentType)};base64,${base64(loaded.bytes)}`}
          className="max-h-full max-w-full"
        />
      </div>
    )
  if (info.kind === 'pdf')
    return (
      <Suspense fallback={<SkeletonRows count={4} label="Reading the PDF" />}>
        <PdfView label="The response as PDF" bytes={loaded.bytes} />
      </Suspense>
    )
  return <NoPreview>This kind of body is not shown in the page.</NoPreview>
}

function NoPreview({ children }: { readonly children: string }): ReactNode {
  return <p className="px-14 py-12 text-small text-2">{children} Save it to a file to open it.</p>
}

function mediaType(contentType: string | null): string {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return /^image\/[\w.+-]+$/.test(type) ? type : 'image/png'
}

/** Bytes as Base64. */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Parts of a binary answer in one piece. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0]
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}
