"""Did the intervention happen, and is the model the one it was?"""
