// A model cut into pieces that fit a frame.
import type { ImportProblem, ModelPiece } from '#contract/capabilities/schema.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'

/** JSON of one piece, in bytes; a single larger object goes alone. */
const MAX_PIECE_BYTES = 1024 * 1024
/** Of some 60 bytes each. */
const MAX_PIECE_DEPENDENCIES = 15_000

/** A model with what is to be said of it. */
export interface LoadedSchema {
  readonly model: SchemaModel
  /** ISO 8601. */
  readonly asOf: string
  /** The database could not be reached and the cache answers. */
  readonly isStale: boolean
  readonly problems?: readonly ImportProblem[]
}

/** The pieces of a model, made as they are taken. */
export function* modelPieces({ model, asOf, isStale, problems = [] }: LoadedSchema): Generator<ModelPiece> {
  const { serverVersion, database, objects, dependencies } = model
  yield { type: 'start', serverVersion, database, asOf, isStale, problems: [...problems] }
  let piece: ModelObject[] = []
  let sizeBytes = 0
  for (const object of objects) {
    const objectBytes = Buffer.byteLength(JSON.stringify(object))
    if (piece.length > 0 && sizeBytes + objectBytes > MAX_PIECE_BYTES) {
      yield { type: 'objects', objects: piece }
      piece = []
      sizeBytes = 0
    }
    piece.push(object)
    sizeBytes += objectBytes
  }
  if (piece.length > 0) yield { type: 'objects', objects: piece }
  for (let first = 0; first < dependencies.length; first += MAX_PIECE_DEPENDENCIES)
    yield { type: 'dependencies', dependencies: dependencies.slice(first, first + MAX_PIECE_DEPENDENCIES) }
}
