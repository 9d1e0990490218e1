// Opens PDF documents in a worker of their own. Nothing in them runs and nothing is fetched: forms stay pictures, links stay dead.
import { getDocument, PDFWorker, type PDFDocumentProxy } from 'pdfjs-dist'
import PdfWorker from 'pdfjs-dist/build/pdf.worker.min.mjs?worker'

/** An open document. */
export interface OpenPdf {
  readonly pages: number
  /** Draws page `number`, from 1, as wide as `width` CSS px; gives its height in CSS px. */
  draw(canvas: HTMLCanvasElement, number: number, width: number): Promise<number>
  /** Ends the worker. */
  close(): void
}

/** A sheet of more pixels than this is drawn coarser: the canvas would not be made. */
const MOST_PIXELS = 16_000_000

/** Opens the bytes of a PDF, which are taken over. Rejects with an Error that says why where they cannot be read, or need a password. */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const port = new PdfWorker()
  const close = (): void => port.terminate()
  try {
    const document = await getDocument({
      data: bytes,
      worker: PDFWorker.create({ port }),
      enableXfa: false,
      stopAtErrors: false,
    }).promise
    return {
      pages: document.numPages,
      draw: (canvas, number, width) => draw(document, canvas, { number, width }),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

async function draw(
  document: PDFDocumentProxy,
  canvas: HTMLCanvasElement,
  { number, width }: { readonly number: number; readonly width: number },
): Promise<number> {
  const page = await document.getPage(number)
  const natural = page.getViewport({ scale: 1 })
  const scale = width / natural.width
  const wanted = devicePixelRatio * scale
  const most = Math.sqrt(MOST_PIXELS / (natural.width * natural.height))
  const viewport = page.getViewport({ scale: Math.min(wanted, most) })
  canvas.width = Math.floor(viewport.width)
  canvas.height = Math.floor(viewport.height)
  await page.render({ canvas, viewport }).promise
  return natural.height * scale
}
