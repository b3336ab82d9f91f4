import { z } from "zod";

// The page's content security policy forbids code from text. It has to be said before any schema is used, so this module
// is the first that the worker imports.
z.config({ jitless: true });
