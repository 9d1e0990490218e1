// Media types: of Content-Type, and of Accept in the order in which the client wants them.
import type { MediaType } from './api-request.ts'

export const ANY_MEDIA_TYPE: MediaType = { type: '*', subtype: '*', parameters: [] }
export const JSON_MEDIA_TYPE: MediaType = { type: 'application', subtype: 'json', parameters: [] }

/** Reads `type/subtype;name=value;name="value"`. What has no slash is a type without subtype. */
export function parseMediaType(text: string): MediaType {
  const [name = '', ...rest] = text.split(';')
  const slash = name.indexOf('/')
  const type = slash < 0 ? name : name.slice(0, slash)
  return {
    type: type.trim().toLowerCase(),
    subtype:
      slash < 0
        ? ''
        : name
            .slice(slash + 1)
            .trim()
            .toLowerCase(),
    parameters: rest
      .filter((parameter) => parameter.trim() !== '')
      .map((parameter) => {
        const equals = parameter.indexOf('=')
        const key = equals < 0 ? parameter : parameter.slice(0, equals)
        const value = equals < 0 ? '' : parameter.slice(equals + 1).trim()
        return [key.trim().toLowerCase(), value.replace(/^"+|"+$/g, '')] as const
      }),
  }
}

/** `type/subtype`, without parameters: what tells media types apart. */
export function mediaTypeName({ type, subtype }: MediaType): string {
  return subtype === '' ? type : `${type}/${subtype}`
}

/** With its parameters, as clients wrote it but for capitals, spaces and quotes. */
export function mediaTypeText(mediaType: MediaType): string {
  const parameters = mediaType.parameters.map(([name, value]) =>
    value === '' ? `;${name}` : `;${name}=${value}`,
  )
  return mediaTypeName(mediaType) + parameters.join('')
}

interface Wanted {
  readonly mediaType: MediaType
  readonly quality: number
  readonly specificity: number
}

/** A range of Accept. Parameters after `;q=` are not the media type's. */
function parseWanted(range: string): Wanted {
  const text = range.replaceAll(' ', '')
  const mark = text.indexOf(';q=')
  const name = mark < 0 ? text : text.slice(0, mark)
  const quality = mark < 0 ? 1 : parseFloat(text.slice(mark + 3))
  const count = (character: string): number => name.split(character).length - 1
  return {
    mediaType: parseMediaType(name),
    quality: Number.isNaN(quality) ? 1 : quality,
    specificity: count(';') - count('*'),
  }
}

/** The header's media types, best first: by q, then by how special they are, then in the order given. Without a header any will do. */
export function parseAccept(header: string | undefined): readonly MediaType[] {
  if (header === undefined || header === '*/*') return [ANY_MEDIA_TYPE]
  return header
    .split(',')
    .map(parseWanted)
    .sort((left, right) => right.quality - left.quality || right.specificity - left.specificity)
    .map(({ mediaType }) => mediaType)
}
