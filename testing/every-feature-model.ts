// The schema with every feature, made in a database of its own and read as a model: for the tests of introspection.
import type { ObjectKind, ObjectOfKind, SchemaModel } from '#contract/schema/types.ts'
import { isOfKind } from '#postgres/common/catalog/find.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { everyFeatureSql } from './every-feature.ts'
import { createTempDatabase, type TempDatabase } from './temp-database.ts'

export interface EveryFeature {
  readonly database: TempDatabase
  readonly session: Session
  readonly model: SchemaModel
  /** The object of this kind and name. Throws when there is none. */
  object<Kind extends ObjectKind>(kind: Kind, name: string): ObjectOfKind<Kind>
  close(): Promise<void>
}

/** Makes the database and reads it. */
export async function readEveryFeature(): Promise<EveryFeature> {
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  await session.query(everyFeatureSql(Number.parseInt(session.serverVersion, 10)))
  const model = await introspectModel(session)
  return {
    database,
    session,
    model,
    object<Kind extends ObjectKind>(kind: Kind, name: string): ObjectOfKind<Kind> {
      for (const one of model.objects) if (isOfKind(one, kind) && one.name === name) return one
      throw new Error(`no ${kind} ${name}`)
    },
    close: async () => {
      await session.close()
      await database.drop()
    },
  }
}

/** The part with this name. Throws when there is none. */
export function named<Part extends { readonly name: string }>(parts: readonly Part[], name: string): Part {
  const found = parts.find((part) => part.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
