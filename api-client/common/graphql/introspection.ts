// The query with which a GraphQL API is asked for its schema.
import { getIntrospectionQuery } from 'graphql'

/** Of the specification of June 2018 and later: nothing that older servers do not know. */
export const INTROSPECTION_QUERY = getIntrospectionQuery({ descriptions: true })
export const INTROSPECTION_NAME = 'IntrospectionQuery'
