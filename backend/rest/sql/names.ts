// Names that the engine gives to parts of a statement: unlikely to be a column's, which would hide them.
import { identifier } from '#postgres/common/sql/sql.ts'

/** The rows that are aggregated into the body. */
export const ROWS = identifier('nebuladb_rows')

/** The CTE of those rows, where they are read twice. */
export const PAGE = identifier('nebuladb_page')

/** The CTE of a page by cursor: its rows with their keys. */
export const CURSOR_PAGE = identifier('nebuladb_cursor_page')

/** The payload's rows, their values already what the columns take. */
export const PAYLOAD_NAME = 'nebuladb_payload'
export const PAYLOAD = identifier(PAYLOAD_NAME)

/** The payload's rows as they were read from JSON, where something must still be made of them. */
export const RAW_PAYLOAD = identifier('nebuladb_raw_payload')

/** One element of the payload's array. */
export const ELEMENT = identifier('nebuladb_element')

/** What a function returns. Postgres' messages show this name, as of PostgREST: `column pgrst_call.titel does not exist`. */
export const RESULT = identifier('pgrst_call')

/** The result of a function that returns no columns. CSV shows this name. */
export const SCALAR = identifier('pgrst_scalar')
