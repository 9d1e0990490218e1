// Folders and files of the machine that the host runs on, so that a person can choose one. Names only: what is in a file is read by who asks for it.
// Only hosts on the person's own machine have it; the service does not.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { Timestamp } from './ids.ts'

const Path = z.string().max(4_096)

export const FileEntry = z.object({
  name: z.string(),
  kind: z.enum(['folder', 'file']),
  /** Of files, in bytes; null where it cannot be read. */
  sizeBytes: z.number().nullable(),
  modifiedAt: Timestamp.nullable(),
})
export type FileEntry = z.infer<typeof FileEntry>

export const FolderListing = z.object({
  /** The folder, from the root on. */
  folder: z.string(),
  /** The folder above; null at the root. */
  parent: z.string().nullable(),
  /** Between the names of a path here. */
  separator: z.enum(['/', '\\']),
  /** Folders first, each by name. */
  entries: z.array(FileEntry),
  /** There are more than are listed. */
  isCut: z.boolean(),
})
export type FolderListing = z.infer<typeof FolderListing>

export const files = capability('files', {
  /** The person's own folder, where choosing begins. */
  home: call({
    input: z.object({}),
    output: z.object({ folder: z.string(), separator: z.enum(['/', '\\']) }),
  }),
  /** What is in a folder, within limits. NOT_FOUND, FORBIDDEN, INVALID_INPUT for what is no folder, TIMEOUT for a disk that does not answer. */
  list: call({
    input: z.object({
      /** From the root on, or from the person's own folder with `~`. */
      folder: Path,
      /** Only names that begin so; capitals do not count. */
      startsWith: z.string().max(255).default(''),
      /** Folders alone, or files too. */
      kinds: z.enum(['folders', 'all']).default('all'),
      /** Only files that end so (`json`, `tar.gz`); any when empty. */
      endings: z.array(z.string().max(50)).max(50).default([]),
      /** Names that begin with a dot too. */
      showsHidden: z.boolean().default(false),
    }),
    output: FolderListing,
  }),
  /** Makes a folder in one that is there. ALREADY_EXISTS, and what `list` throws. */
  makeFolder: call({
    input: z.object({ folder: Path, name: z.string().trim().min(1, 'Give it a name.').max(255) }),
    output: z.object({ folder: z.string() }),
  }),
})
