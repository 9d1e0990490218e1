// The diagram as a picture of pixels.

/** An SVG as a PNG, `scale` pixels for each of its units. Rejects when it is too large for a picture. */
export async function pngOf(svg: string, scale = 2): Promise<Blob> {
  const image = new Image()
  // The page's policy lets pictures come from data: addresses only.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  const room = Math.min(scale, MAX_SIDE / Math.max(image.width, image.height, 1))
  canvas.width = Math.max(1, Math.round(image.width * room))
  canvas.height = Math.max(1, Math.round(image.height * room))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The diagram is too large for a picture.'))
      else resolve(blob)
    }, 'image/png')
  })
}

/** What browsers draw at most, in pixels. */
const MAX_SIDE = 16_000
