"""The archive: what is at its end leaves the journals for files, and is still found.

One run, in this order; killed anywhere, the next run goes on, and nothing is lost:

1. choose applications that are at their end, and have been quiet (`closed`);
2. write every version of theirs to one file per service, and last a manifest (`files`);
3. read the files back, compare them byte for byte with what stands in MongoDB, and only of what
   is the same add one more version to each journal: the last one, whole (`run`);
4. only where that stands, delete the versions before it, but for the id of the first.

Reading order: `closed`, `books` (a journal as bytes), `files`, `run`, `command`.
"""
