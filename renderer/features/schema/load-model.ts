// Reads a whole schema model from the host, which sends it in pieces.
import type { ImportProblem, schema, SchemaSource } from '#contract/capabilities/schema.ts'
import type { Client } from '#contract/rpc/definition.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'

/** The part of the host that reads schemas. */
export type SchemaHost = Client<{ readonly schema: typeof schema }>

export interface LoadedModel {
  readonly model: SchemaModel
  /** ISO 8601. */
  readonly asOf: string
  /** The database is out of reach: this is what was last read. */
  readonly isStale: boolean
  readonly problems: readonly ImportProblem[]
}

export interface LoadModelOptions {
  /** Asks the database itself, not the cache. */
  readonly refresh?: boolean
  readonly signal?: AbortSignal
}

/** The model of a source. Rejects as `schema.load` does. */
export async function loadModel(
  host: SchemaHost,
  source: SchemaSource,
  { refresh = false, signal }: LoadModelOptions = {},
): Promise<LoadedModel> {
  const objects: ModelObject[] = []
  const dependencies: SchemaModel['dependencies'][number][] = []
  let head = { serverVersion: 0, database: '', asOf: '', isStale: false }
  let problems: readonly ImportProblem[] = []
  for await (const piece of host.schema.load({ source, refresh }, signal === undefined ? {} : { signal })) {
    switch (piece.type) {
      case 'start':
        head = piece
        problems = piece.problems
        break
      case 'objects':
        for (const object of piece.objects) objects.push(object)
        break
      case 'dependencies':
        for (const pair of piece.dependencies) dependencies.push(pair)
        break
    }
  }
  const { serverVersion, database, asOf, isStale } = head
  return { model: { serverVersion, database, objects, dependencies }, asOf, isStale, problems }
}
