// Plans of a real server: times, rows and text.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useTempDatabase } from '#testing/temp-database.ts'
