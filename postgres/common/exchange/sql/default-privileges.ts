// What ALTER DEFAULT PRIVILEGES gives to new objects.
import type { DefaultPrivilegesDraft, GrantDraft, ImportState } from './state.ts'

/** What PUBLIC has on a new object where nothing else is said. */
const BUILT_IN: Readonly<Record<string, string>> = { functions: 'EXECUTE', types: 'USAGE' }

/** The privileges of an object that is made now. */
export function grantedByDefault(
  state: ImportState,
  objects: DefaultPrivilegesDraft['objects'],
  schema: string | null,
): GrantDraft[] {
  const all = state
    .ofKind('defaultPrivileges')
    .filter((one) => one.owner === state.owner && one.objects === objects)
  const everywhere = all.find((one) => one.schema === null)
  const here = all.find((one) => one.schema !== null && one.schema === schema)
  const usual = builtInPrivileges(objects)
  const grants = structuredClone(everywhere?.grants ?? usual)
  for (const grant of here?.grants ?? [])
    if (!grants.some((one) => one.grantee === grant.grantee && one.privilege === grant.privilege))
      grants.push({ ...grant })
  return grants
}

/** PUBLIC's. */
export function builtInPrivileges(objects: DefaultPrivilegesDraft['objects']): GrantDraft[] {
  const privilege = BUILT_IN[objects]
  return privilege === undefined ? [] : [{ grantee: null, privilege, isGrantable: false }]
}
