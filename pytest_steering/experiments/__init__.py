"""Is the effect real?"""
