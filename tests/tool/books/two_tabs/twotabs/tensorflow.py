# d2lbook build lib
